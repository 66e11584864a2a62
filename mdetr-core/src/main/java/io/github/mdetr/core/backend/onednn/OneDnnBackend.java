package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Storage;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The kernels on oneDNN. Every call runs on one native thread; what runs inside {@link #run} does not change threads. */
final class OneDnnBackend implements Backend {
    private final BlockPool pool;
    private final HostKernels host = new HostKernels();
    private final ElementwiseKernels elementwise;
    private final NormKernels norms;
    private final BatchNormKernels batchNorms;
    private final MatrixKernels matrices;
    private final ConvolutionKernels convolutions;
    private final ImageKernels images;
    private final Reductions reductions;
    private final FusedConvolutions fused;
    private final Primitives primitives;
    private final Reorders reorders;
    private final OptimizerKernels optimizer;

    OneDnnBackend(BlockPool pool) {
        this.pool = pool;
        this.primitives = NativeThread.run(() -> new Primitives(pool));
        this.reorders = new Reorders(primitives);
        this.optimizer = new OptimizerKernels();
        this.elementwise = new ElementwiseKernels(primitives, host, reorders);
        this.norms = new NormKernels(primitives, elementwise);
        this.batchNorms = new BatchNormKernels(primitives);
        this.matrices = new MatrixKernels(primitives, norms, host, reorders);
        this.convolutions = new ConvolutionKernels(primitives, matrices, reorders);
        this.images = new ImageKernels(primitives);
        this.reductions = new Reductions(matrices, elementwise, host, reorders);
        this.fused = new FusedConvolutions(convolutions, matrices, elementwise, reorders);
    }

    /** First byte of a tensor's elements. */
    static long address(Tensor t) {
        return ((OneDnnStorage) t.storage()).address() + t.offset() * t.dtype().bytes();
    }

    /** {@code at} without the address of a bias (the fourth) and of a residual (the fifth) that is not an argument. */
    static long[] given(long[] at, boolean bias, boolean residual) {
        long[] kept = Arrays.copyOf(at, 3 + (bias ? 1 : 0) + (residual ? 1 : 0));
        if (bias) {
            kept[3] = at[3];
        }
        if (residual) {
            kept[kept.length - 1] = at[4];
        }
        return kept;
    }

    BlockPool pool() {
        return pool;
    }

    private void kernel(Tensor out, Runnable work) {
        if (out.size() > 0) {
            NativeThread.execute(work);
        }
    }

    // ---- device ----

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public String description() {
        return OneDnnProvider.description();
    }

    @Override
    public Storage allocate(DType dtype, long elements) {
        long bytes = Math.multiplyExact(elements, (long) dtype.bytes());
        return OneDnnStorage.of(this, pool.allocate(bytes), bytes);
    }

    /** A tensor that counts as the backend's own memory, not as a user's. */
    Tensor hidden(Shape shape) {
        long bytes = 4 * shape.size();
        Storage s = OneDnnStorage.hidden(this, pool.allocateHidden(bytes), bytes);
        try (Tensor scoped = Tensor.on(s, DType.FLOAT32, shape)) {
            return scoped.retained();
        }
    }

    @Override
    public boolean attendsInParts() {
        return true;
    }

    @Override
    public MemoryStats memory() {
        return pool.stats();
    }

    @Override
    public void resetPeak() {
        pool.resetPeak();
    }

    @Override
    public <T> T run(Supplier<T> work) {
        return NativeThread.runUnlessCancelled(work);
    }

    @Override
    public @Nullable String refusal(DType type) {
        int isa = dnnl_cpu_isa_avx512_core_bf16;
        return switch (type) {
            case BFLOAT16 -> (dnnl_get_effective_cpu_isa() & isa) == isa ? null : "this processor has no AVX512_BF16";
            case FLOAT16 -> "float16 is for tables alone";
            case FLOAT32, INT32, BOOL -> null;
        };
    }

    @Override
    public Tensor wrap(INDArray array) {
        return Nd4jInterop.wrap(this, array);
    }

    @Override
    public INDArray toINDArray(Tensor tensor) {
        return Nd4jInterop.toINDArray(tensor);
    }

    // ---- filling and moving ----

    @Override
    public void fill(Tensor out, double value) {
        kernel(out, () -> host.fill(out, value));
    }

    @Override
    public void copy(Tensor x, Tensor out) {
        boolean floats = x.dtype().isFloat() && out.dtype().isFloat();
        kernel(out, () -> {
            if (floats && x.dtype() != out.dtype()) {
                reorders.convert(x, out);
            } else {
                host.copy(x, out);
            }
        });
    }

    @Override
    public void permute(Tensor x, int[] axes, Tensor out) {
        kernel(out, () -> {
            long[] dims = new long[axes.length];
            long[] strides = new long[axes.length];
            long[] own = x.shape().strides();
            for (int k = 0; k < axes.length; k++) {
                dims[k] = out.dim(k);
                strides[k] = own[axes[k]];
            }
            reorders.reordered(dims, strides, x, out);
        });
    }

    @Override
    public void slice(Tensor x, int axis, int from, Tensor out) {
        kernel(out, () -> host.part(x, axis, from, out, true));
    }

    @Override
    public void place(Tensor x, int axis, int from, Tensor out) {
        kernel(x, () -> host.part(out, axis, from, x, false));
    }

    @Override
    public void broadcast(Tensor x, Tensor out) {
        kernel(out, () -> host.broadcast(x, out));
    }

    // ---- elementwise ----

    @Override
    public void unary(Unary f, Tensor x, Tensor out) {
        kernel(out, () -> elementwise.unary(f, x, out));
    }

    @Override
    public void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx) {
        kernel(dx, () -> elementwise.unaryGrad(f, x, y, g, dx));
    }

    @Override
    public void affine(Tensor x, float scale, float shift, Tensor out) {
        kernel(out, () -> elementwise.affine(x, scale, shift, out));
    }

    @Override
    public void clamp(Tensor x, float low, float high, Tensor out) {
        kernel(out, () -> elementwise.clamp(x, low, high, out));
    }

    @Override
    public void binary(Binary f, Tensor a, Tensor b, Tensor out) {
        kernel(out, () -> elementwise.binary(f, a, b, out));
    }

    @Override
    public void where(Tensor condition, Tensor a, Tensor b, Tensor out) {
        kernel(out, () -> host.where(condition, a, b, out));
    }

    // ---- reductions ----

    @Override
    public void reduce(Reduce how, Tensor x, Tensor out) {
        if (x.size() == 0) {
            fill(out, 0);
            return;
        }
        kernel(out, () -> reductions.reduce(how, x, out));
    }

    @Override
    public void argmax(Tensor x, int axis, Tensor out) {
        kernel(out, () -> host.argmax(x, axis, out));
    }

    @Override
    public void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        kernel(out, () -> host.cumulativeSum(x, axis, reverse, out));
    }

    @Override
    public void softmax(Tensor x, int axis, boolean log, Tensor out) {
        kernel(out, () -> {
            if (log) {
                host.logSoftmax(x, axis, out);
            } else {
                norms.softmax(x, axis, out);
            }
        });
    }

    @Override
    public void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        kernel(dx, () -> norms.softmaxGrad(y, g, axis, log, dx));
    }

    // ---- products ----

    @Override
    public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        if (a.size() == 0) {
            fill(out, 0);
            return;
        }
        kernel(out, () -> matrices.matmul(a, transposeA, b, transposeB, out));
    }

    @Override
    public void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        kernel(out, () -> matrices.linear(x, w, bias, f, out));
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
        kernel(out, () -> matrices.attention(q, k, v, keyPaddingMask, heads, scale, out, probabilities));
    }

    // ---- normalization ----

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
        kernel(out, () -> norms.layerNorm(x, residual, gamma, beta, eps, out, sum, statistics));
    }

    @Override
    public void layerNormGrad(
            Tensor z, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta) {
        if (dz.size() == 0) {
            fill(dgamma, 0);
            fill(dbeta, 0);
        }
        kernel(dz, () -> norms.layerNormGrad(z, gamma, statistics, eps, g, dz, dgamma, dbeta));
    }

    @Override
    public void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        kernel(out, () -> norms.groupNorm(x, groups, gamma, beta, eps, out, statistics));
    }

    @Override
    public void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        kernel(dx, () -> norms.groupNormGrad(x, groups, gamma, statistics, g, dx, dgamma, dbeta));
    }

    @Override
    public void batchNorm(Tensor x, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        kernel(out, () -> batchNorms.forward(x, gamma, beta, eps, out, statistics));
    }

    @Override
    public void batchNormGrad(
            Tensor x, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        kernel(dx, () -> batchNorms.gradient(x, gamma, statistics, eps, g, dx, dgamma, dbeta));
    }

    // ---- images ----

    @Override
    public void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        kernel(out, () -> convolutions.forward(x, w, bias, residual, window, f, out));
    }

    @Override
    public void conv2dThenDepthwise(Tensor x, Filter first, Filter depthwise, Activation f, Tensor out) {
        kernel(out, () -> fused.conv2dThenDepthwise(x, first, depthwise, f, out));
    }

    @Override
    public void gatedConv2d(
            Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Tensor out) {
        kernel(out, () -> fused.gatedConv2d(x, gate, w, bias, residual, out));
    }

    @Override
    public void conv2dGradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        kernel(dx, () -> convolutions.gradImage(g, w, window, dx));
    }

    @Override
    public void conv2dGradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        kernel(dw, () -> convolutions.gradWeight(x, g, window, dw));
    }

    @Override
    public void maxPool2d(Tensor x, int kernel, Window window, Tensor out) {
        kernel(out, () -> images.maxPool(x, kernel, window, out));
    }

    @Override
    public void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        kernel(dx, () -> images.maxPoolGrad(pool, x, g, kernel, window, dx));
    }

    @Override
    public void resize(Interpolation how, Tensor x, Tensor out) {
        kernel(out, () -> {
            if (how == Interpolation.NEAREST) {
                host.resizeNearest(x, out);
            } else {
                images.resizeBilinear(x, out);
            }
        });
    }

    @Override
    public void resizeGrad(Interpolation how, Tensor g, Tensor dx) {
        kernel(dx, () -> {
            if (how == Interpolation.NEAREST) {
                host.resizeNearestGrad(g, dx);
            } else {
                images.resizeBilinearGrad(g, dx);
            }
        });
    }

    // ---- indices ----

    @Override
    public void gatherRows(Tensor table, Tensor ids, Tensor out) {
        kernel(out, () -> host.gatherRows(table, ids, out));
    }

    @Override
    public void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        kernel(g, () -> host.scatterAddRows(g, ids, table));
    }

    // ---- optimization ----

    @Override
    public double squaredNorm(Tensor x) {
        return x.size() == 0 ? 0 : NativeThread.run(() -> optimizer.squaredNorm(x));
    }

    @Override
    public void adamW(AdamWUpdate how, Tensor w, Tensor grad, Tensor m, Tensor v, @Nullable Tensor average) {
        kernel(w, () -> optimizer.adamW(how, w, grad, m, v, average));
    }

    @Override
    public void sgd(SgdUpdate how, Tensor w, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average) {
        kernel(w, () -> optimizer.sgd(how, w, grad, velocity, average));
    }

    @Override
    public void approach(Tensor target, float weight, Tensor x) {
        kernel(x, () -> optimizer.approach(target, weight, x));
    }

    // ---- weights ----

    @Override
    public Tensor pack(Tensor w, WeightUse use, Window window, DType type) {
        return NativeThread.run(() -> switch (use) {
            case LINEAR -> matrices.pack(w, type);
            case CONV2D -> convolutions.pack(w, window, type);
            case GATED_CONV2D -> matrices.byInput(w, type);
            case TABLE -> type == DType.FLOAT32 ? w : halved(w);
        });
    }

    private Tensor halved(Tensor w) {
        try (Tensor t = Tensor.empty(this, DType.FLOAT16, w.shape())) {
            reorders.convert(w, t);
            return t.retained();
        }
    }

    /** An uninitialized weight like {@code w} in {@code layout}; unscoped, the caller's to close. */
    Tensor emptyIn(Layout layout, Tensor w, DType type) {
        long bytes = layout.bytes();
        Storage s = OneDnnStorage.packed(this, pool.allocate(bytes), bytes, layout);
        try (Tensor scoped = Tensor.on(s, type, w.shape())) {
            return scoped.retained();
        }
    }

    /** A weight like {@code w} in {@code layout} that {@code fill} fills; unscoped, the caller's to close. */
    Tensor weightIn(Layout layout, Tensor w, DType type, Consumer<Tensor> fill) {
        try (Tensor t = emptyIn(layout, w, type)) {
            fill.accept(t);
            return t.retained();
        }
    }

    @Override
    public Tensor unpack(Tensor packed) {
        Layout layout = ((OneDnnStorage) packed.storage()).layout();
        if (layout == null) {
            return packed.retained();
        }
        return NativeThread.run(() -> {
            try (Tensor plain = Tensor.empty(this, DType.FLOAT32, packed.shape())) {
                if (Dnnl.dims(layout.descriptor).length == 2) {
                    matrices.unpack(packed, layout, plain);
                } else {
                    convolutions.unpack(packed, layout, plain);
                }
                return plain.retained();
            }
        });
    }
}
