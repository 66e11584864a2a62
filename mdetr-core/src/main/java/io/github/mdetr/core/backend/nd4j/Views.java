package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Arrays on the memory of tensors; they own nothing and are used at once. */
final class Views {
    private Views() {}

    /** All elements in one line. */
    static INDArray flat(Tensor t) {
        return of(t, t.size());
    }

    /** In the tensor's own shape, {@code [1]} for a scalar. */
    static INDArray of(Tensor t) {
        return of(t, longs(t.shape()));
    }

    /** The elements row-major in another shape of that size, or the first of them in a smaller one. */
    static INDArray of(Tensor t, long... shape) {
        return strided(t, 0, shape, rowMajor(shape));
    }

    /**
     * Elements from index {@code first} on, axis k with a distance of {@code strides[k]} between neighbours; distances
     * may be 0, for repetition, and windows may overlap in what is only read.
     */
    static INDArray strided(Tensor t, long first, long[] shape, long[] strides) {
        Nd4jStorage s = (Nd4jStorage) t.storage();
        return Nd4j.create(s.memory(), shape, strides, s.first() + t.offset() + first, 'c');
    }

    /**
     * The row-major matrix [rows, columns] from element {@code first} on as BLAS sees it: its transpose [columns, rows],
     * column-major.
     */
    static INDArray columns(Tensor t, long first, long rows, long columns) {
        Nd4jStorage s = (Nd4jStorage) t.storage();
        long[] shape = {columns, rows};
        return Nd4j.create(s.memory(), shape, new long[] {1, columns}, s.first() + t.offset() + first, 'f');
    }

    /** The extents, {@code [1]} for a scalar. */
    static long[] longs(Shape s) {
        return s.rank() == 0
                ? new long[] {1}
                : Arrays.stream(s.dims()).mapToLong(d -> d).toArray();
    }

    static long[] rowMajor(long... shape) {
        long[] strides = new long[shape.length];
        long n = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = n;
            n *= shape[i];
        }
        return strides;
    }
}
