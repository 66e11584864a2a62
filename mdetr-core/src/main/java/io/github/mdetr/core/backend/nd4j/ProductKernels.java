package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.OneMinus;

/** Matrix products and attention. */
final class ProductKernels {
    /** Beside it every score vanishes, and unlike −∞ it leaves no NaN where all keys are masked. */
    private static final double MASKED = -1e30;

    private final Nd4jBackend backend;
    private final ElementwiseKernels elementwise;
    private final ReductionKernels reductions;

    ProductKernels(Nd4jBackend backend, ElementwiseKernels elementwise, ReductionKernels reductions) {
        this.backend = backend;
        this.elementwise = elementwise;
        this.reductions = reductions;
    }

    void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        long m = out.dim(-2);
        long n = out.dim(-1);
        long k = a.dim(transposeA ? -2 : -1);
        if (k == 0) {
            MovingKernels.fill(out, 0);
            return;
        }
        long batch = out.size() / (m * n);
        boolean oneMatrix = b.size() == k * n && !transposeA && a.size() == batch * m * k;
        if (batch == 1 || oneMatrix) { // the rows of all batches make one matrix
            INDArray left = matrix(b, transposeB, k, n);
            INDArray right = matrix(a, transposeA, batch * m, k);
            Ops.gemm(left, transposeB, right, transposeA, Views.columns(out, 0, batch * m, n), false);
            return;
        }
        INDArray x = whole(a, out.shape());
        INDArray y = whole(b, out.shape());
        int[] arguments = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        Ops.named("matmul", arguments, Views.of(out, batch, m, n), x, y);
    }

    private static INDArray matrix(Tensor t, boolean transposed, long rows, long columns) {
        return transposed ? Views.columns(t, 0, columns, rows) : Views.columns(t, 0, rows, columns);
    }

    /** The matrices of {@code t}, repeated where the leading axes of {@code out} ask for it, as [batch, ., .]. */
    private INDArray whole(Tensor t, Shape out) {
        int rank = out.rank();
        Shape full = out.with(rank - 2, t.dim(-2)).with(rank - 1, t.dim(-1));
        long batch = full.size() / ((long) t.dim(-2) * t.dim(-1));
        Tensor source = t;
        if (t.size() != full.size()) {
            source = backend.scratch(full);
            MovingKernels.broadcast(t, source);
        }
        return Views.of(source, batch, t.dim(-2), t.dim(-1));
    }

    void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        matmul(x, false, w, true, out);
        if (bias != null) {
            INDArray z = Views.of(out);
            Ops.add(z, Views.of(bias, 1, bias.size()), z);
        }
        elementwise.activate(f, out);
    }

    void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor keyPaddingMask,
            int heads,
            float scale,
            Tensor out,
            @Nullable Tensor probabilities) {
        int b = q.dim(0);
        int t = q.dim(1);
        int s = k.dim(1);
        int d = q.dim(2) / heads;
        if (s == 0) {
            MovingKernels.fill(out, 0);
            return;
        }
        Tensor qh = byHead(q, heads);
        INDArray scaled = Views.flat(qh);
        Ops.scale(scaled, scale, scaled);
        Tensor p = probabilities != null ? probabilities : backend.scratch(Shape.of(b, heads, t, s));
        matmul(qh, false, byHead(k, heads), true, p.view(Shape.of(b * heads, t, s)));
        Tensor kept = keyPaddingMask == null ? null : mask(p, keyPaddingMask);
        reductions.softmax(p, 3, false, p);
        if (kept != null) {
            INDArray each = Views.of(p, b, (long) heads * t * s);
            Ops.mul(each, Views.of(kept, b, 1), each);
        }
        Tensor result = backend.scratch(Shape.of(b * heads, t, d));
        matmul(p.view(Shape.of(b * heads, t, s)), false, byHead(v, heads), false, result);
        MovingKernels.permute(
                result.view(Shape.of(b, heads, t, d)), new int[] {0, 2, 1, 3}, out.view(Shape.of(b, t, heads, d)));
    }

    /**
     * Lowers the scores [B, heads, T, S] of masked keys.
     *
     * @return per image 1 when it has a key left, else 0; null when all have, which is the rule
     */
    private @Nullable Tensor mask(Tensor scores, Tensor keyPaddingMask) {
        Shape shape = keyPaddingMask.shape();
        Tensor flag = backend.scratch(shape);
        MovingKernels.copy(keyPaddingMask, flag);
        Tensor lowered = backend.scratch(shape);
        Ops.scale(Views.flat(flag), MASKED, Views.flat(lowered));
        long b = shape.dim(0);
        INDArray all = Views.of(scores, b, scores.size() / scores.dim(3) / b, scores.dim(3));
        Ops.add(all, Views.of(lowered, b, 1, shape.dim(1)), all);
        Ops.run(new OneMinus(Views.flat(flag), Views.flat(flag)));
        Tensor kept = backend.scratch(Shape.of(shape.dim(0), 1));
        reductions.reduce(Reduce.MAX, flag, kept);
        for (float k : kept.toFloats()) {
            if (k == 0) {
                return kept;
            }
        }
        return null;
    }

    /** [B, T, heads · d] as [B · heads, T, d]. */
    private Tensor byHead(Tensor x, int heads) {
        int d = x.dim(2) / heads;
        Tensor out = backend.scratch(Shape.of(x.dim(0), heads, x.dim(1), d));
        MovingKernels.permute(x.view(Shape.of(x.dim(0), x.dim(1), heads, d)), new int[] {0, 2, 1, 3}, out);
        return out.view(Shape.of(x.dim(0) * heads, x.dim(1), d));
    }
}
