package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.tensor.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;

/** Where a fused addition finds its summand. */
enum Residual {
    /** There is none. */
    NONE(0),
    /** In memory of its own. */
    APART(1),
    /** In the result's memory, which is the cheaper: one map less to read. */
    IN_PLACE(2);

    private final int figure;

    Residual(int figure) {
        this.figure = figure;
    }

    /** For keys. */
    int figure() {
        return figure;
    }

    static Residual of(@Nullable Tensor residual, Tensor out) {
        if (residual == null) {
            return NONE;
        }
        return OneDnnBackend.address(residual) == OneDnnBackend.address(out) ? IN_PLACE : APART;
    }

    /** Appends the addition; gives the index of its argument where it has one. */
    int append(Dnnl.Attributes a, dnnl_memory_desc md) {
        return switch (this) {
            case NONE -> 0;
            case APART -> a.binary(dnnl_binary_add, md);
            case IN_PLACE -> {
                a.sum();
                yield 0;
            }
        };
    }
}
