package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Steps through the elements of a shape in row-major order, and through tensors broadcast to it beside. */
final class Strided {
    private final int[] dims;
    private final int[][] strides;
    private final int[] counter;
    /** Index of the present element in each operand's array. */
    final int[] at;

    Strided(Shape shape, Tensor... operands) {
        dims = shape.dims();
        counter = new int[dims.length];
        strides = new int[operands.length][];
        at = new int[operands.length];
        for (int k = 0; k < operands.length; k++) {
            strides[k] = broadcast(operands[k].shape(), shape);
            at[k] = Heap.at(operands[k]);
        }
    }

    /** The strides of {@code from} when repeated to {@code to}: 0 along what is repeated. */
    static int[] broadcast(Shape from, Shape to) {
        if (!from.broadcastsTo(to)) {
            throw new IllegalArgumentException("reference: " + from + " does not broadcast to " + to);
        }
        int lead = to.rank() - from.rank();
        long[] own = from.strides();
        int[] s = new int[to.rank()];
        for (int i = lead; i < s.length; i++) {
            s[i] = from.dim(i - lead) == 1 ? 0 : Math.toIntExact(own[i - lead]);
        }
        return s;
    }

    /** Goes to the next element; after the last, back to the first. */
    void next() {
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            boolean wraps = ++counter[axis] == dims[axis];
            int steps = wraps ? 1 - dims[axis] : 1;
            for (int k = 0; k < at.length; k++) {
                at[k] += steps * strides[k][axis];
            }
            if (!wraps) {
                return;
            }
            counter[axis] = 0;
        }
    }
}
