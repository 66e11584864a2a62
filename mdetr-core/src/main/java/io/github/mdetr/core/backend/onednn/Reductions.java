package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Reductions. A sum is a product with a vector of ones: oneDNN's reduction primitive is fast along the last axis only,
 * its product along any.
 */
final class Reductions {
    private final MatrixKernels matrices;
    private final ElementwiseKernels elementwise;
    private final HostKernels host;
    private final Reorders reorders;
    private @Nullable Tensor ones;

    Reductions(MatrixKernels matrices, ElementwiseKernels elementwise, HostKernels host, Reorders reorders) {
        this.matrices = matrices;
        this.elementwise = elementwise;
        this.host = host;
        this.reorders = reorders;
    }

    void reduce(Reduce how, Tensor x, Tensor out) {
        long[][] joined = ElementwiseKernels.join(x.shape(), out.shape());
        long[] extents = joined[0];
        boolean[] gone = new boolean[extents.length];
        int left = 0;
        for (int i = 0; i < gone.length; i++) {
            gone[i] = joined[1][i] == 1 && extents[i] != 1;
            left += gone[i] ? 1 : 0;
        }
        if (left == 0) {
            host.copy(x, out);
            return;
        }
        Tensor from = x;
        for (int axis = gone.length - 1; axis >= 0; axis--) {
            if (!gone[axis]) {
                continue;
            }
            int outer = product(extents, 0, axis);
            int inner = product(extents, axis + 1, extents.length);
            int n = Math.toIntExact(extents[axis]);
            left--;
            Tensor to = left == 0
                    ? out.view(Shape.of(outer, 1, inner))
                    : Tensor.empty(x.device(), DType.FLOAT32, Shape.of(outer, 1, inner));
            one(how, from.view(Shape.of(outer, n, inner)), to);
            if (from != x) {
                from.close();
            }
            extents[axis] = 1;
            from = to;
        }
        from.close();
        if (how == Reduce.MEAN) {
            elementwise.affine(out, (float) ((double) out.size() / x.size()), 0, out);
        }
    }

    /** [outer, n, inner] to [outer, 1, inner]. */
    private void one(Reduce how, Tensor x, Tensor out) {
        try (x) {
            if (how == Reduce.MAX) {
                host.maximum(x, 1, out);
                return;
            }
            int outer = x.dim(0);
            int n = x.dim(1);
            int inner = x.dim(2);
            if (inner == 1) {
                try (Tensor a = x.view(Shape.of(outer, n));
                        Tensor w = ones(x, n).view(Shape.of(n, 1));
                        Tensor y = out.view(Shape.of(outer, 1))) {
                    matrices.matmul(a, false, w, false, y);
                }
            } else {
                try (Tensor w = ones(x, n).view(Shape.of(1, 1, n))) {
                    matrices.matmul(w, false, x, false, out);
                }
            }
        }
    }

    /** A vector of n ones of the type of {@code like}. */
    private Tensor ones(Tensor like, int n) {
        Tensor floats = floats(like, n);
        if (like.dtype() == DType.FLOAT32) {
            return floats;
        }
        try (floats) {
            Tensor other = Tensor.empty(like.device(), like.dtype(), floats.shape());
            reorders.convert(floats, other);
            return other;
        }
    }

    /** n ones in float32, a view of a vector that is kept and grows. */
    private Tensor floats(Tensor like, int n) {
        Tensor have = ones;
        if (have == null || have.size() < n) {
            OneDnnBackend backend = (OneDnnBackend) like.device();
            Tensor grown = backend.hidden(Shape.of(Math.max(4096, Integer.highestOneBit(n) * 2)));
            host.fill(grown, 1);
            if (have != null) {
                have.close();
            }
            ones = grown;
            have = grown;
        }
        return have.rows(0, n);
    }

    private static int product(long[] v, int from, int to) {
        long p = 1;
        for (int i = from; i < to; i++) {
            p *= v[i];
        }
        return Math.toIntExact(p);
    }
}
