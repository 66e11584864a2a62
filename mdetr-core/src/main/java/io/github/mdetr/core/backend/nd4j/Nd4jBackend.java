package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.Nd4jArrays;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.MemoryStats;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Storage;
import io.github.mdetr.core.tensor.Tensor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The kernels in ND4J's operations alone, without an address of any data, so that they run on whatever ND4J runs on.
 * Each call runs on the process's native thread, with a scope of its own for what it needs in between.
 *
 * <p>Tensors of float32 are arrays of FLOAT, or of DOUBLE: then values come in and go out as float32, and everything in
 * between is float64. That is slower and takes twice the memory; it is for telling a wrong formula from rounding.
 */
final class Nd4jBackend implements Backend {
    /** Elements of an image's windows collected at a time: enough for BLAS, little beside the activations. */
    private static final long CHUNK = 8L << 20;

    private final String name;
    private final DataType floats;
    private final BlockPool pool;
    private final ElementwiseKernels elementwise = new ElementwiseKernels(this);
    private final ReductionKernels reductions = new ReductionKernels(this);
    private final ProductKernels products = new ProductKernels(this, elementwise, reductions);
    private final NormKernels norms = new NormKernels(this, reductions);
    private final ConvolutionKernels convolutions;
    private final ImageKernels images = new ImageKernels(this);
    private final OptimizerKernels optimizer = new OptimizerKernels(this, reductions);

    /** One called {@code name} that holds float32 tensors as {@code floats}: FLOAT or DOUBLE. */
    Nd4jBackend(String name, DataType floats) {
        this(name, floats, new BlockPool(MemoryCap.bytes()), CHUNK);
    }

    /** One that collects {@code chunk} elements of windows at a time. */
    Nd4jBackend(String name, DataType floats, BlockPool pool, long chunk) {
        this.name = name;
        this.floats = floats;
        this.pool = pool;
        this.convolutions = new ConvolutionKernels(this, elementwise, reductions, chunk);
    }

    private static void kernel(Tensor out, Runnable work) {
        if (out.size() > 0) { // ND4J has no arrays with an extent of 0
            NativeThread.execute(() -> {
                try (Scope scope = Scope.open()) {
                    work.run();
                }
            });
        }
    }

    /** A float tensor for what a kernel needs in between; freed when the kernel ends. */
    Tensor scratch(Shape shape) {
        return scratch(DType.FLOAT32, shape);
    }

    Tensor scratch(DType type, Shape shape) {
        return Tensor.empty(this, type, shape);
    }

    BlockPool pool() {
        return pool;
    }

    // ---- device ----

    @Override
    public String name() {
        return name;
    }

    @Override
    public int floatBits() {
        return 8 * floats.width();
    }

    /** What tensors of {@code t} are held as. */
    DataType type(DType t) {
        return switch (t) {
            case FLOAT32 -> floats;
            case INT32, BOOL -> Nd4jArrays.type(t);
            case BFLOAT16, FLOAT16 ->
                throw new IllegalArgumentException(name + ": no tensors of " + t
                        + " on this backend, expected FLOAT32; use -Dmdetr.backend=onednn");
        };
    }

    @Override
    public Storage allocate(DType dtype, long elements) {
        return allocate(dtype, elements, Packing.PLAIN);
    }

    private Nd4jStorage allocate(DType dtype, long elements, Packing packing) {
        DataType type = type(dtype);
        // where several graphics cards are, ND4J gives each thread its own: all memory is taken on the one
        return NativeThread.run(() -> new Nd4jStorage(this, pool.take(type, elements), dtype, elements, packing));
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
    public Tensor wrap(INDArray array) {
        return Nd4jInterop.wrap(this, array);
    }

    @Override
    public INDArray toINDArray(Tensor tensor) {
        return Nd4jInterop.toINDArray(tensor);
    }

    @Override
    public <T> T run(Supplier<T> work) {
        return NativeThread.runUnlessCancelled(work);
    }

    // ---- filling and moving ----

    @Override
    public void fill(Tensor out, double value) {
        kernel(out, () -> MovingKernels.fill(out, value));
    }

    @Override
    public void copy(Tensor x, Tensor out) {
        kernel(out, () -> MovingKernels.copy(x, out));
    }

    @Override
    public void permute(Tensor x, int[] axes, Tensor out) {
        kernel(out, () -> MovingKernels.permute(x, axes, out));
    }

    @Override
    public void slice(Tensor x, int axis, int from, Tensor out) {
        kernel(out, () -> MovingKernels.slice(x, axis, from, out));
    }

    @Override
    public void place(Tensor x, int axis, int from, Tensor out) {
        kernel(x, () -> MovingKernels.place(x, axis, from, out));
    }

    @Override
    public void broadcast(Tensor x, Tensor out) {
        kernel(out, () -> MovingKernels.broadcast(x, out));
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
        kernel(out, () -> elementwise.where(condition, a, b, out));
    }

    // ---- reductions ----

    @Override
    public void reduce(Reduce how, Tensor x, Tensor out) {
        kernel(out, () -> reductions.reduce(how, x, out));
    }

    @Override
    public void argmax(Tensor x, int axis, Tensor out) {
        kernel(out, () -> reductions.argmax(x, axis, out));
    }

    @Override
    public void cumulativeSum(Tensor x, int axis, boolean reverse, Tensor out) {
        kernel(out, () -> reductions.cumulativeSum(x, axis, reverse, out));
    }

    @Override
    public void softmax(Tensor x, int axis, boolean log, Tensor out) {
        kernel(out, () -> reductions.softmax(x, axis, log, out));
    }

    @Override
    public void softmaxGrad(Tensor y, Tensor g, int axis, boolean log, Tensor dx) {
        kernel(dx, () -> reductions.softmaxGrad(y, g, axis, log, dx));
    }

    // ---- products ----

    @Override
    public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor out) {
        kernel(out, () -> products.matmul(a, transposeA, b, transposeB, out));
    }

    @Override
    public void linear(Tensor x, Tensor w, @Nullable Tensor bias, Activation f, Tensor out) {
        kernel(out, () -> products.linear(x, w, bias, f, out));
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
        kernel(out, () -> products.attention(q, k, v, keyPaddingMask, heads, scale, out, probabilities));
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
        kernel(dz, () -> norms.layerNormGrad(z, gamma, statistics, g, dz, dgamma, dbeta));
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
        kernel(out, () -> convolutions.conv2d(x, w, bias, residual, window, f, out));
    }

    @Override
    public void conv2dGradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        kernel(dx, () -> convolutions.gradImage(g, w, window, dx));
    }

    @Override
    public void conv2dGradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        if (g.size() == 0) {
            fill(dw, 0);
        } else {
            kernel(dw, () -> convolutions.gradWeight(x, g, window, dw));
        }
    }

    @Override
    public void maxPool2d(Tensor x, int kernel, Window window, Tensor out) {
        kernel(out, () -> images.maxPool2d(x, kernel, window, out));
    }

    @Override
    public void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        kernel(dx, () -> images.maxPool2dGrad(x, g, kernel, window, dx));
    }

    @Override
    public void resize(Interpolation how, Tensor x, Tensor out) {
        kernel(out, () -> images.resize(how, x, out));
    }

    @Override
    public void resizeGrad(Interpolation how, Tensor g, Tensor dx) {
        kernel(dx, () -> images.resizeGrad(how, g, dx));
    }

    // ---- indices ----

    @Override
    public void gatherRows(Tensor table, Tensor ids, Tensor out) {
        kernel(out, () -> IndexKernels.gatherRows(table, ids, out));
    }

    @Override
    public void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        kernel(g, () -> IndexKernels.scatterAddRows(g, ids, table));
    }

    // ---- optimization ----

    @Override
    public double squaredNorm(Tensor x) {
        double[] sum = {0};
        kernel(x, () -> sum[0] = optimizer.squaredNorm(x));
        return sum[0];
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
        Packing layout = w.isPacked() ? Packing.PLAIN : ConvolutionKernels.packing(w, use, window);
        if (layout == Packing.PLAIN) {
            return w;
        }
        try (Scope scope = Scope.open()) {
            Tensor out = Tensor.on(allocate(DType.FLOAT32, w.size(), layout), DType.FLOAT32, w.shape());
            kernel(out, () -> ConvolutionKernels.pack(w, layout, out));
            return out.retained();
        }
    }

    @Override
    public Tensor unpack(Tensor packed) {
        try (Scope scope = Scope.open()) {
            Tensor out = Tensor.empty(this, DType.FLOAT32, packed.shape());
            Packing layout = ((Nd4jStorage) packed.storage()).packing();
            if (layout == Packing.PLAIN) {
                copy(packed, out);
            } else {
                kernel(out, () -> ConvolutionKernels.unpack(packed, layout, out));
            }
            return out.retained();
        }
    }
}
