package io.github.mdetr.core.autograd;

import io.github.mdetr.core.tensor.Tensor;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** What {@link Tape#backward} found: a gradient for each watched tensor that the loss depends on. Owns them. */
public final class Gradients implements AutoCloseable {
    private final IdentityHashMap<Tensor, Tensor> byLeaf = new IdentityHashMap<>();

    Gradients() {}

    void put(Tensor leaf, Tensor gradient) {
        byLeaf.put(leaf, gradient);
    }

    /** The gradient by {@code leaf}, of its shape; null when the loss does not depend on it. Open until {@link #close}. */
    public @Nullable Tensor of(Tensor leaf) {
        return byLeaf.get(leaf);
    }

    /** Number of gradients held. */
    public int size() {
        return byLeaf.size();
    }

    @Override
    public void close() {
        byLeaf.values().forEach(Tensor::close);
        byLeaf.clear();
    }
}
