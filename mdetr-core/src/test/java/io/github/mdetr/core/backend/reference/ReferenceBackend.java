package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.backend.Nd4jArrays;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Storage;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kernel as plain loops that sum in double precision: what the other backends are compared with. Its tensors are
 * Java arrays without an address, so whatever reaches for host pointers fails on it; memory starts as NaN, so that
 * reading what nobody wrote shows.
 */
public final class ReferenceBackend implements Backend {
    /** Its name. */
    public static final String NAME = "reference";

    private final long cap;
    private long live;
    private long peak;
    private long blocks;

    /** One with the cap of {@link MemoryCap}, but never more than the Java heap could hold. */
    public ReferenceBackend() {
        this(Math.min(MemoryCap.bytes(), Runtime.getRuntime().maxMemory()));
    }

    /** One that holds at most {@code cap} bytes. */
    public ReferenceBackend(long cap) {
        this.cap = cap;
    }

    // ---- memory ----

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Storage allocate(DType dtype, long elements) {
        taken(Math.multiplyExact(elements, (long) dtype.bytes()), dtype + " × " + elements);
        return new HeapStorage(this, dtype, Math.toIntExact(elements));
    }

    private synchronized void taken(long bytes, String what) {
        if (live + bytes > cap) {
            throw new OutOfTensorMemoryException("reference: " + what + " needs " + bytes + " bytes, " + live
                    + " are live and the cap is " + cap + " (-D" + MemoryCap.PROPERTY + ")");
        }
        live += bytes;
        blocks++;
        peak = Math.max(peak, live);
    }

    synchronized void freed(long bytes) {
        live -= bytes;
        blocks--;
    }

    @Override
    public synchronized MemoryStats memory() {
        return new MemoryStats(live, peak, live, cap, blocks);
    }

    @Override
    public synchronized void resetPeak() {
        peak = live;
    }

    /** A copy: nothing is shared with the Java heap. */
    @Override
    public Tensor wrap(INDArray array) {
        DataBuffer values = Nd4jArrays.shareable(array).dup('c').data();
        Shape shape = Nd4jArrays.shape(array);
        return Context.with(this, () -> switch (Nd4jArrays.dtype(array)) {
            case INT32 -> Tensor.of(values.asInt(), shape);
            case BOOL -> {
                boolean[] mask = new boolean[Math.toIntExact(shape.size())];
                for (int i = 0; i < mask.length; i++) {
                    mask[i] = values.getInt(i) != 0;
                }
                yield Tensor.of(mask, shape);
            }
            default -> Tensor.of(values.asFloat(), shape.dims());
        });
    }

    @Override
    public INDArray toINDArray(Tensor tensor) {
        throw new UnsupportedOperationException("reference: " + tensor + " lies on the Java heap, where no INDArray can"
                + " share it; copy it with toFloats()");
    }

    @Override
    public <T> T run(Supplier<T> work) {
        return work.get();
    }

    // ---- weights ----

    @Override
    public Tensor pack(Tensor w, WeightUse use, Window window, DType type) {
        if (use == WeightUse.TABLE) {
            return w;
        }
        taken(4 * w.size(), "packed " + w);
        Storage s = new PackedStorage(this, use, ProductKernels.outputsLastFloats(w));
        try (Scope scope = Scope.open()) {
            return Tensor.on(s, DType.FLOAT32, w.shape()).retained(); // the caller's, whatever scope is open
        }
    }

    @Override
    public Tensor unpack(Tensor packed) {
        if (!(packed.storage() instanceof PackedStorage s)) {
            return packed.retained();
        }
        try (Scope scope = Scope.open()) {
            Tensor plain = Tensor.empty(this, DType.FLOAT32, packed.shape());
            plain.write(FloatBuffer.wrap(ProductKernels.outputsFirst(s.values(s.use()), packed.shape())));
            return plain.retained();
        }
    }

    // ---- kernels ----

    @Override
    public void fill(Tensor out, double value) {
        ElementKernels.fill(out, value);
    }

    @Override
    public void copy(Tensor x, Tensor out) {
        ElementKernels.copy(x, out);
    }

    @Override
    public void permute(Tensor x, int[] axes, Tensor out) {
        ElementKernels.permute(x, axes, out);
    }

    @Override
    public void slice(Tensor x, int axis, int from, Tensor out) {
        ElementKernels.slice(x, axis, from, out);
    }

    @Override
    public void place(Tensor x, int axis, int from, Tensor out) {
        ElementKernels.place(x, axis, from, out);
    }

    @Override
    public void broadcast(Tensor x, Tensor out) {
        ElementKernels.broadcast(x, out);
    }

    @Override
    public void unary(Unary f, Tensor x, Tensor out) {
        ElementKernels.unary(f, x, out);
    }

    @Override
    public void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx) {
        ElementKernels.unaryGrad(f, x, y, g, dx);
    }

    @Override
    public void affine(Tensor x, float scale, float shift, Tensor out) {
        ElementKernels.affine(x, scale, shift, out);
    }

    @Override
    public void clamp(Tensor x, float low, float high, Tensor out) {
        ElementKernels.clamp(x, low, high, out);
    }

    @Override
    public void binary(Binary f, Tensor a, Tensor b, Tensor out) {
        ElementKernels.binary(f, a, b, out);
    }

    @Override
    public void where(Tensor condition, Tensor a, Tensor b, Tensor out) {
        ElementKernels.where(condition, a, b, out);
    }

    @Override
    public void reduce(Reduce how, Tensor x, Tensor out) {
        ReductionKernels.reduce(how, x, out);
    }

    @Override
    public void argmax(Tensor x, int axis, Tensor out) {
        ReductionKernels.argmax(x, axis, out);
    }

    @Override
    public void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        ReductionKernels.cumulativeSum(x, axis, reverse, out);
    }

    @Override
    public void softmax(Tensor x, int axis, boolean log, Tensor out) {
        ReductionKernels.softmax(x, axis, log, out);
    }

    @Override
    public void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        ReductionKernels.softmaxGrad(y, g, axis, log, dx);
    }

    @Override
    public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        ProductKernels.matmul(a, transposeA, b, transposeB, out);
    }

    @Override
    public void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        ProductKernels.linear(x, w, bias, f, out);
    }

    @Override
    public void attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor keyPaddingMask,
            int heads,
            float scale,
            Tensor out,
            @Nullable Tensor probabilities) {
        ProductKernels.attention(q, k, v, keyPaddingMask, heads, scale, out, probabilities);
    }

    @Override
    public void layerNorm(
            Tensor x,
            @Nullable Tensor residual,
            Tensor gamma,
            Tensor beta,
            float eps,
            Tensor out,
            @Nullable Tensor sum,
            @Nullable Tensor statistics) {
        NormKernels.layerNorm(x, residual, gamma, beta, eps, out, sum, statistics);
    }

    @Override
    public void layerNormGrad(
            Tensor z, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta) {
        NormKernels.layerNormGrad(z, gamma, statistics, g, dz, dgamma, dbeta);
    }

    @Override
    public void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        NormKernels.groupNorm(x, groups, gamma, beta, eps, out, statistics);
    }

    @Override
    public void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        NormKernels.groupNormGrad(x, groups, gamma, statistics, g, dx, dgamma, dbeta);
    }

    @Override
    public void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        ConvolutionKernels.conv2d(x, w, bias, residual, window, f, out);
    }

    @Override
    public void gatedConv2d(
            Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Tensor out) {
        ConvolutionKernels.gatedConv2d(x, gate, w, bias, residual, out);
    }

    @Override
    public void conv2dGradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        ConvolutionKernels.conv2dGradImage(g, w, window, dx);
    }

    @Override
    public void conv2dGradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        ConvolutionKernels.conv2dGradWeight(x, g, window, dw);
    }

    @Override
    public void maxPool2d(Tensor x, int kernel, Window window, Tensor out) {
        ImageKernels.maxPool2d(x, kernel, window, out);
    }

    @Override
    public void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        ImageKernels.maxPool2dGrad(x, g, kernel, window, dx);
    }

    @Override
    public void resize(Interpolation how, Tensor x, Tensor out) {
        ImageKernels.resize(how, x, out);
    }

    @Override
    public void resizeGrad(Interpolation how, Tensor g, Tensor dx) {
        ImageKernels.resizeGrad(how, g, dx);
    }

    @Override
    public void gatherRows(Tensor table, Tensor ids, Tensor out) {
        ElementKernels.gatherRows(table, ids, out);
    }

    @Override
    public void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        ElementKernels.scatterAddRows(g, ids, table);
    }

    @Override
    public double squaredNorm(Tensor x) {
        return OptimizerKernels.squaredNorm(x);
    }

    @Override
    public void adamW(AdamWUpdate how, Tensor w, Tensor grad, Tensor m, Tensor v, @Nullable Tensor average) {
        OptimizerKernels.adamW(how, w, grad, m, v, average);
    }

    @Override
    public void sgd(SgdUpdate how, Tensor w, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average) {
        OptimizerKernels.sgd(how, w, grad, velocity, average);
    }

    @Override
    public void approach(Tensor target, float weight, Tensor x) {
        OptimizerKernels.approach(target, weight, x);
    }
}
