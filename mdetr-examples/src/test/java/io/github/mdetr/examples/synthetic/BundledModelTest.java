package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.training.BatchMaker;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The trained model in the jar. */
class BundledModelTest {
    @Test
    void aBuildWithoutItSaysSo() {
        String message = String.valueOf(assertThrows(IllegalStateException.class, () -> BundledModel.load("/no/such/"))
                .getMessage());
        assertTrue(message.startsWith("this build has no trained model: models/world-small lacks"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void itReadsExpressionsOfScenesThatItHasNotSeen() throws IOException {
        assumeTrue(BundledModel.isPresent(), "models/world-small holds no model yet: it is not tested");
        try (Mdetr mdetr = BundledModel.load()) {
            ImageSize size = new ImageSize(160, 128);
            assertEquals(size, mdetr.evaluationResize().apply(size));
            BatchMaker maker = new BatchMaker(
                    mdetr.tokenizer(), mdetr.config().textEncoder().maxTokens());
            ExpressionBenchmark benchmark = ExpressionBenchmark.of(new World(909, SceneOptions.SMALL), 200);
            Score score = ExpressionBenchmark.total(benchmark.score(mdetr.model(), maker));
            assertTrue(score.high() >= 0.85, score.toString());
            Score shuffled = ExpressionBenchmark.total(benchmark.shuffled().score(mdetr.model(), maker));
            assertTrue(shuffled.low() <= 0.35, shuffled.toString());
            AbsenceBenchmark.Result absent =
                    AbsenceBenchmark.of(new World(909, SceneOptions.SMALL), 100).score(mdetr);
            assertTrue(absent.silent().high() >= 0.85 && absent.found().high() >= 0.95, absent.toString());
        }
    }
}
