package io.github.mdetr.nn.training;

import io.github.mdetr.nn.loss.LossTerm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The losses of a step's passes, and their means. */
final class StepLosses {
    private final Map<String, LossTerm> terms = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private float total;
    private int passes;

    void add(float loss, List<LossTerm> parts) {
        total = passes == 0 ? loss : total + loss;
        passes++;
        for (LossTerm t : parts) {
            terms.merge(t.name(), t, (a, b) -> new LossTerm(a.name(), a.value() + b.value(), a.weight()));
            counts.merge(t.name(), 1, Integer::sum); // a pass without a truth for it lacks it
        }
    }

    StepReport report(long step, double norm, boolean applied, double seconds) {
        List<LossTerm> means = terms.values().stream()
                .map(t -> new LossTerm(t.name(), t.value() / counts.getOrDefault(t.name(), 1), t.weight()))
                .toList();
        return new StepReport(step, total / passes, means, norm, applied, seconds);
    }
}
