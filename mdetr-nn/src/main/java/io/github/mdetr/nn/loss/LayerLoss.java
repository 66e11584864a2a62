package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** One loss of a {@link Criterion}: a function of a decoder layer's predictions and the objects they were matched with. */
@FunctionalInterface
public interface LayerLoss {
    /**
     * The loss, one float, of the whole batch; a sum over objects is divided by {@link MatchedLayer#perObject}.
     *
     * @return null where the model or the targets lack what it needs: it is left out then
     */
    @Nullable
    Tensor of(MatchedLayer matched);
}
