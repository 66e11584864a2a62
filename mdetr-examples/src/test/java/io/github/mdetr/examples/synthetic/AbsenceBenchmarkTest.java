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

    /** Of the first: scipy.stats.mannwhitneyu(positives, negatives).statistic / 20. */
    @Test
    void aurocIsMannAndWhitneysShare() {
        double[] positives = {0.9, 0.8, 0.4, 0.4, 0.7};
        double[] negatives = {0.1, 0.4, 0.35, 0.8};
        assertEquals(0.775, AbsenceBenchmark.auroc(positives, negatives), 1e-12);
        assertEquals(1, AbsenceBenchmark.auroc(new double[] {2}, new double[] {1}));
        assertEquals(0.5, AbsenceBenchmark.auroc(new double[] {1}, new double[] {1}));
    }
}
