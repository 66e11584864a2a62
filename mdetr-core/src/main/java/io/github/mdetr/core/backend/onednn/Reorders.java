package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Copies between layouts and between types of floats. */
final class Reorders {
    private final Primitives primitives;

    Reorders(Primitives primitives) {
        this.primitives = primitives;
    }

    /** Copies to another type of floats, or to the same. */
    void convert(Tensor x, Tensor out) {
        long n = x.size();
        primitives.run(
                new Primitives.Key("convert", n, Dnnl.type(x.dtype()), Dnnl.type(out.dtype())),
                () -> reordering(Dnnl.dense(x.dtype(), n), Dnnl.dense(out.dtype(), n)),
                OneDnnBackend.address(x),
                OneDnnBackend.address(out));
    }

    /** Copies {@code x}, read by {@code dims} and {@code strides}, to {@code out} row-major. */
    void reordered(long[] dims, long[] strides, Tensor x, Tensor out) {
        long[] dense = new long[dims.length];
        long n = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            dense[i] = n;
            n *= dims[i];
        }
        move(x.dtype(), dims, strides, OneDnnBackend.address(x), dense, OneDnnBackend.address(out));
    }

    /** Copies float32 between addresses, each read by strides of its own. */
    void move(long[] dims, long[] fromStrides, long from, long[] toStrides, long to) {
        move(DType.FLOAT32, dims, fromStrides, from, toStrides, to);
    }

    private void move(DType type, long[] dims, long[] fromStrides, long from, long[] toStrides, long to) {
        int rank = dims.length;
        long[] key = Arrays.copyOf(dims, 3 * rank + 1);
        System.arraycopy(fromStrides, 0, key, rank, rank);
        System.arraycopy(toStrides, 0, key, 2 * rank, rank);
        key[3 * rank] = Dnnl.type(type);
        primitives.run(
                new Primitives.Key("reorder", key),
                () -> reordering(Dnnl.strided(type, dims, fromStrides), Dnnl.strided(type, dims, toStrides)),
                from,
                to);
    }

    void reorder(dnnl_memory_desc from, dnnl_memory_desc to, Tensor x, Tensor out) {
        try (Prepared p = reordering(from, to)) {
            primitives.runOnce(p, OneDnnBackend.address(x), OneDnnBackend.address(out));
        }
    }

    Prepared reordering(dnnl_memory_desc from, dnnl_memory_desc to) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_reorder_primitive_desc_create(pd, from, primitives.engine, to, primitives.engine, a.done()),
                    "reorder");
        }
        return new Prepared.Builder("reorder", primitives.engine, pd)
                .argument(DNNL_ARG_SRC, from)
                .argument(DNNL_ARG_DST, to)
                .build();
    }
}
