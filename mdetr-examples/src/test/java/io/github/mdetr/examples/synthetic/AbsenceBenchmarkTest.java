package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class AbsenceBenchmarkTest {
    private static final World WORLD = new World(31, SceneOptions.SMALL);

    @Test
    void eachSceneHasWhatIsThereAndWhatIsNot() {
        List<AbsenceBenchmark.Item> items = AbsenceBenchmark.of(WORLD, 20).items();
        assertEquals(20, items.size());
        for (AbsenceBenchmark.Item item : items) {
            assertEquals(CaptionKind.ATTRIBUTES, item.present().kind());
            assertEquals(1, item.present().targets().size());
            assertEquals(List.of(), item.absent().targets());
            assertFalse(item.absent().text().equals(item.present().text()));
        }
        assertThrows(IllegalArgumentException.class, () -> AbsenceBenchmark.of(WORLD, 0));
    }

    @Test
    void silentIsNoBoxOfOneHalf() {
        AbsenceBenchmark.Result r =
                AbsenceBenchmark.Result.of(new double[] {0.9, 0.5, 0.4}, new double[] {0.6, 0.5, 0.49, 0.1});
        assertEquals(new Score(2, 3), r.found());
        assertEquals(new Score(2, 4), r.silent());
        assertEquals(7.5 / 12, r.auroc(), 1e-12);
    }

    /** Of the first: scipy.stats.mannwhitneyu(positives, negatives).statistic / 20. */
    @Test
    void aurocIsMannAndWhitneysShare() {
        double[] positives = {0.9, 0.8, 0.4, 0.4, 0.7};
        double[] negatives = {0.1, 0.4, 0.35, 0.8};
        assertEquals(0.775, AbsenceBenchmark.areaUnderRoc(positives, negatives), 1e-12);
        assertEquals(1, AbsenceBenchmark.areaUnderRoc(new double[] {2}, new double[] {1}));
        assertEquals(0.5, AbsenceBenchmark.areaUnderRoc(new double[] {1}, new double[] {1}));
    }
}
