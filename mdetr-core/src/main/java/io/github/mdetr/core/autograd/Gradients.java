package io.github.mdetr.core.autograd;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
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

    /**
     * Adds the gradients of another pass over the same tensors, and takes over those by tensors that had none. {@code
     * others} is closed.
     */
    public void add(Gradients others) {
        try (others) {
            others.byLeaf.forEach((leaf, g) -> byLeaf.merge(leaf, g.retained(), Gradients::sum));
        }
    }

    /** Takes over both and gives their sum. */
    private static Tensor sum(Tensor a, Tensor b) {
        Backend backend = Backend.of(a);
        try (b) {
            if (a.storage().isExclusive()) {
                backend.binary(Binary.ADD, a, b, a);
                return a;
            }
            try (a;
                    Scope scope = Scope.open()) { // others look at its memory
                Tensor total = Tensor.empty(backend, DType.FLOAT32, a.shape());
                backend.binary(Binary.ADD, a, b, total);
                return total.retained();
            }
        }
    }

    @Override
    public void close() {
        byLeaf.values().forEach(Tensor::close);
        byLeaf.clear();
    }
}
