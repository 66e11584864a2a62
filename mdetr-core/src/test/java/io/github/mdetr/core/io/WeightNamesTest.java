package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which prefix of names is a wrapper's. */
class WeightNamesTest {
    private static WeightNames names(String... prefixes) {
        return new WeightNames(Stream.of(prefixes)
                .flatMap(p -> Stream.of(p + "query_embed.weight", p + "class_embed.weight"))
                .toList());
    }

    @Test
    void momentsOfAnOptimizerAreNoModel() {
        WeightNames names = names("model.", "optimizer.exp_avg.", "optimizer.exp_avg_sq.");
        assertEquals(List.of("model."), names.models(false));
        assertEquals(List.of(), names.models(true));
        assertTrue(names.isTrainingState());
        assertFalse(names("model.", "criterion.").isTrainingState());
    }

    @Test
    void averagesAreToldFromWeights() {
        WeightNames names = names("model.", "model_ema.module.");
        assertEquals(List.of("model."), names.models(false));
        assertEquals(List.of("model_ema.module."), names.models(true));
    }

    @Test
    void aSegmentationModelIsTakenAsAWhole() {
        WeightNames names = new WeightNames(List.of(
                "module.detr.query_embed.weight", "module.detr.class_embed.weight", "module.mask_head.lay1.weight"));
        assertEquals(List.of("module."), names.models(false));
    }

    @Test
    void onlyWrappersAreLeftOut() {
        assertEquals("", new WeightNames(List.of("backbone.a", "backbone.b")).shared());
        assertEquals("model.module.", new WeightNames(List.of("model.module.a", "model.module.b")).shared());
        assertEquals("model.", new WeightNames(List.of("model.module.a", "model.b")).shared());
        assertEquals("", new WeightNames(List.of("model")).shared());
        assertEquals("", new WeightNames(List.of()).shared());
    }

    @Test
    void innerWrappersStayWhereNamesWouldCoincide() {
        assertEquals("a.b", new WeightNames(List.of("a._orig_mod.b")).unwrapped("a._orig_mod.b"));
        assertEquals("a._orig_mod.b", new WeightNames(List.of("a._orig_mod.b", "a.b")).unwrapped("a._orig_mod.b"));
    }
}
