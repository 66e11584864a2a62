package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A model's precision for each kind of expression as a Markdown table, beside what is reached without reading. */
public final class ExpressionTable {
    private ExpressionTable() {}

    /**
     * The lines of the table.
     *
     * @param benchmark the expressions
     * @param model the model's scores
     * @param shuffled its scores with another scene's expressions
     */
    public static List<String> markdown(
            ExpressionBenchmark benchmark, Map<CaptionKind, Score> model, Map<CaptionKind, Score> shuffled) {
        List<String> lines = new ArrayList<>();
        lines.add("| kind | expressions | P@1 | 95 % interval | shuffled captions | random object | largest object |");
        lines.add("|---|---|---|---|---|---|---|");
        rows(model.keySet()).forEach((name, kinds) -> {
            Score s = ExpressionBenchmark.total(model, kinds);
            lines.add(String.format(
                    Locale.ROOT,
                    "| %s | %d | %.3f | %.3f–%.3f | %.3f | %.3f | %.3f |",
                    name,
                    s.all(),
                    s.share(),
                    s.low(),
                    s.high(),
                    ExpressionBenchmark.total(shuffled, kinds).share(),
                    benchmark.randomObject(kinds),
                    benchmark.largestObject(kinds).share()));
        });
        return lines;
    }

    /** Each kind, those that look at other objects, and all. */
    private static Map<String, Set<CaptionKind>> rows(Set<CaptionKind> kinds) {
        Map<String, Set<CaptionKind>> rows = new LinkedHashMap<>();
        kinds.forEach(k -> rows.put(k.label(), EnumSet.of(k)));
        Set<CaptionKind> related = EnumSet.noneOf(CaptionKind.class);
        kinds.stream().filter(k -> k != CaptionKind.ATTRIBUTES).forEach(related::add);
        if (related.size() > 1 && related.size() < kinds.size()) {
            rows.put("all but attributes", related);
        }
        rows.put("all", kinds);
        return rows;
    }
}
