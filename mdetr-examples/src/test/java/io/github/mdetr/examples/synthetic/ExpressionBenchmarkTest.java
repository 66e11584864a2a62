package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.box.PixelBox;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a model is measured by, and what is reached without reading. */
class ExpressionBenchmarkTest {
    private static final ExpressionBenchmark BENCHMARK = ExpressionBenchmark.of(new World(77, SceneOptions.SMALL), 200);

    @Test
    void everyKindIsThereAsOften() {
        Map<CaptionKind, Score> counts = new EnumMap<>(CaptionKind.class);
        for (var item : BENCHMARK.items()) {
            counts.merge(item.caption().kind(), new Score(1, 1), (a, b) -> new Score(a.right() + 1, a.all() + 1));
        }
        assertEquals(
                Set.of(
                        CaptionKind.ATTRIBUTES,
                        CaptionKind.RELATION,
                        CaptionKind.CHAIN,
                        CaptionKind.BOTH,
                        CaptionKind.SAME),
                counts.keySet());
        assertTrue(counts.values().stream().allMatch(s -> s.all() == 40), counts.toString());
        assertEquals(200, ExpressionBenchmark.total(counts).all());
        assertEquals(
                80,
                ExpressionBenchmark.total(counts, Set.of(CaptionKind.SAME, CaptionKind.BOTH))
                        .all());
    }

    @Test
    void aBoxIsRightFromHalfOfTheUnionOn() {
        PixelBox target = new PixelBox(0, 0, 10, 10);
        assertTrue(ExpressionBenchmark.isRight(target, target));
        assertTrue(ExpressionBenchmark.isRight(new PixelBox(0, 0, 10, 5), target));
        assertFalse(ExpressionBenchmark.isRight(new PixelBox(0, 0, 10, 4.9f), target));
        assertFalse(ExpressionBenchmark.isRight(new PixelBox(20, 0, 30, 10), target));
    }

    /** As DifficultyTest measures it by itself; here the interval must reach the bound. */
    @Test
    void chanceIsLow() {
        Set<CaptionKind> all = Set.of(CaptionKind.values());
        assertEquals(200, BENCHMARK.largestObject(all).all());
        assertTrue(BENCHMARK.largestObject(all).low() <= 0.25);
        double random = BENCHMARK.randomObject(all);
        assertTrue(random >= 1 / 8.0 && random <= 0.25, "random " + random); // 3 to 8 objects
    }

    @Test
    void shuffledCaptionsAreAnotherScenes() {
        ExpressionBenchmark shuffled = BENCHMARK.shuffled();
        for (int i = 0; i < 200; i++) {
            assertEquals(
                    BENCHMARK.items().get(i).target(), shuffled.items().get(i).target());
            assertEquals(
                    BENCHMARK.items().get((i + 100) % 200).caption(),
                    shuffled.items().get(i).caption());
        }
    }

    @Test
    void theTableHasARowForEachKindAndForTheirSums() {
        Map<CaptionKind, Score> scores = new EnumMap<>(Map.of(
                CaptionKind.ATTRIBUTES, new Score(40, 40),
                CaptionKind.RELATION, new Score(20, 40),
                CaptionKind.SAME, new Score(40, 40)));
        List<String> lines = ExpressionTable.markdown(BENCHMARK, scores, scores);
        assertEquals(7, lines.size());
        assertTrue(lines.get(2).startsWith("| attributes | 40 | 1.000 | 0.912–1.000 | 1.000 | 0."), lines.get(2));
        assertTrue(lines.get(3).startsWith("| relation | 40 | 0.500 | "), lines.get(3));
        assertTrue(lines.get(5).startsWith("| all but attributes | 80 | 0.750 | "), lines.get(5));
        assertTrue(lines.get(6).startsWith("| all | 120 | 0.833 | "), lines.get(6));
    }
}
