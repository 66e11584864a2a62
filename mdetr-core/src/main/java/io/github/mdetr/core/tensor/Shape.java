package io.github.mdetr.core.tensor;

import java.util.Arrays;

/**
 * The extent of a tensor along each axis, row-major: the last axis is contiguous. Immutable.
 *
 * <p>Axes may be given from the end: axis {@code -1} is the last.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new int[0]);

    private final int[] dims;
    private final long size;

    private Shape(int[] dims) {
        this.dims = dims;
        long n = 1;
        for (int d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + ": extents must be 0 or more, got " + d);
            }
            n = Math.multiplyExact(n, (long) d);
        }
        this.size = n;
    }

    /** A shape of the given extents; none make a scalar. */
    public static Shape of(int... dims) {
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /** Number of axes. */
    public int rank() {
        return dims.length;
    }

    /** Extent along {@code axis}, counted from the end when negative. */
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /** Number of elements. */
    public long size() {
        return size;
    }

    /** The extents, a copy. */
    public int[] dims() {
        return dims.clone();
    }

    /** {@code axis} as an index in [0, rank). */
    public int axis(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new IllegalArgumentException("axis " + axis + " of shape " + this + ": expected one in ["
                    + -dims.length + ", " + (dims.length - 1) + "]");
        }
        return a;
    }

    /** This shape with the extent of {@code axis} replaced. */
    public Shape with(int axis, int extent) {
        int[] d = dims.clone();
        d[axis(axis)] = extent;
        return new Shape(d);
    }

    /** This shape without {@code axis}. */
    public Shape without(int axis) {
        int a = axis(axis);
        int[] d = new int[dims.length - 1];
        System.arraycopy(dims, 0, d, 0, a);
        System.arraycopy(dims, a + 1, d, a, d.length - a);
        return new Shape(d);
    }

    /** Number of elements before {@code axis}: the product of the leading extents. */
    public long outer(int axis) {
        long n = 1;
        for (int i = 0, a = axis(axis); i < a; i++) {
            n *= dims[i];
        }
        return n;
    }

    /** Number of elements of one step along {@code axis}: the product of the trailing extents. */
    public long inner(int axis) {
        long n = 1;
        for (int i = axis(axis) + 1; i < dims.length; i++) {
            n *= dims[i];
        }
        return n;
    }

    /** Row-major strides in elements. */
    public long[] strides() {
        long[] s = new long[dims.length];
        long n = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            s[i] = n;
            n *= dims[i];
        }
        return s;
    }

    /**
     * The shape both broadcast to, by NumPy's rule: aligned at the last axis, extents equal or 1.
     *
     * @throws IllegalArgumentException naming both shapes when they do not fit
     */
    public static Shape broadcast(Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] d = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast: extents " + x
                        + " and " + y + " at axis -" + i + " must be equal or 1");
            }
            d[rank - i] = x == 1 ? y : x;
        }
        return new Shape(d);
    }

    /** Whether this shape broadcasts to {@code target}. */
    public boolean broadcastsTo(Shape target) {
        if (rank() > target.rank()) {
            return false;
        }
        for (int i = 1; i <= rank(); i++) {
            int x = dims[rank() - i];
            if (x != 1 && x != target.dims[target.rank() - i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
