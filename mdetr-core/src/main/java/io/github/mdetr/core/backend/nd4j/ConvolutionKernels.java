package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions as products of collected windows and weights, some rows of an image at a time. ND4J's own do the same but
 * collect slower, whole batches at once, and ask for symmetric padding.
 */
final class ConvolutionKernels {
    private final Nd4jBackend backend;
    private final ElementwiseKernels elementwise;
    private final ReductionKernels reductions;
    private final long chunk;

    ConvolutionKernels(Nd4jBackend backend, ElementwiseKernels elementwise, ReductionKernels reductions, long chunk) {
        this.backend = backend;
        this.elementwise = elementwise;
        this.reductions = reductions;
        this.chunk = chunk;
    }

    // ---- weights ----

    /** The layout that the kernels want of {@code w}. */
    static Packing packing(Tensor w, WeightUse use, Window window) {
        return switch (use) {
            case LINEAR, TABLE -> Packing.PLAIN;
            case CONV2D, GATED_CONV2D -> packing(w, window);
        };
    }

    private static Packing packing(Tensor w, Window window) {
        if (isDepthwise(w, window)) {
            return Packing.TAPS_FIRST;
        }
        return w.dim(2) * w.dim(3) == 1 ? Packing.PLAIN : Packing.CHANNELS_LAST;
    }

    private static boolean isDepthwise(Tensor w, Window window) {
        return window.groups() > 1 && w.dim(0) == window.groups() && w.dim(1) == 1;
    }

    /** {@code w} in the layout that the kernels want, copied unless it is packed so. */
    private Tensor laid(Tensor w, Window window) {
        Packing wanted = packing(w, window);
        if (((Nd4jStorage) w.storage()).packing() == wanted) {
            return w;
        }
        Tensor out = backend.scratch(w.shape());
        pack(w, wanted, out);
        return out;
    }

    /** Copies plain {@code w} to {@code out} in another layout. */
    static void pack(Tensor w, Packing layout, Tensor out) {
        Ops.assign(Views.of(w).permute(layout.axes()), Views.of(out, lengths(w.shape(), layout.axes())));
    }

    /** Copies {@code w} in a layout to plain {@code out}. */
    static void unpack(Tensor w, Packing layout, Tensor out) {
        int[] axes = layout.axes();
        int[] inverse = new int[axes.length];
        for (int k = 0; k < axes.length; k++) {
            inverse[axes[k]] = k;
        }
        Ops.assign(Views.of(w, lengths(w.shape(), axes)).permute(inverse), Views.of(out));
    }

    private static long[] lengths(Shape s, int[] axes) {
        long[] out = new long[axes.length];
        for (int k = 0; k < axes.length; k++) {
            out[k] = s.dim(axes[k]);
        }
        return out;
    }

    // ---- forward ----

    void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        Patches patches = Patches.of(backend, x, w.dim(2), w.dim(3), window, out.shape(), 0);
        Tensor weight = laid(w, window);
        boolean adds = residual != null; // to what is there, which saves a pass
        if (residual != null && (residual.storage() != out.storage() || residual.offset() != out.offset())) {
            MovingKernels.copy(residual, out);
        }
        if (isDepthwise(w, window)) {
            depthwise(patches, weight, out, adds);
        } else {
            products(patches, weight, out, adds);
        }
        if (bias != null) {
            INDArray pixels = Views.of(out, out.size() / bias.size(), bias.size());
            Ops.add(pixels, Views.of(bias, 1, bias.size()), pixels);
        }
        elementwise.activate(f, out);
    }

    /** Some result rows of one image and one group of channels. */
    private record Part(int image, int from, int rows, int group) {}

    @FunctionalInterface
    private interface Work {
        void on(Part part);
    }

    /** Goes over all of the result in parts of about {@link #chunk} window elements. */
    private void each(Shape result, int groups, long windowSize, Work work) {
        long perRow = Math.max(1, result.dim(2) * windowSize);
        int step = (int) Math.max(1, Math.min(result.dim(1), chunk / perRow));
        for (int b = 0; b < result.dim(0); b++) {
            for (int from = 0; from < result.dim(1); from += step) {
                for (int g = 0; g < groups; g++) {
                    work.on(new Part(b, from, Math.min(step, result.dim(1) - from), g));
                }
            }
        }
    }

    private void products(Patches patches, Tensor weight, Tensor out, boolean adds) {
        int groups = patches.window().groups();
        int in = weight.dim(1);
        int each = weight.dim(0) / groups;
        long size = (long) in * weight.dim(2) * weight.dim(3);
        long width = out.dim(2);
        if (groups == 1 && patches.isWhole()) {
            long pixels = out.size() / each;
            INDArray image = Views.columns(patches.image(), 0, pixels, in);
            INDArray z = Views.columns(out, 0, pixels, each);
            Ops.gemm(matrix(weight, 0, each, size), true, image, false, z, adds);
            return;
        }
        Tensor collected = backend.scratch(Shape.of(room(out.shape(), size)));
        Tensor slice = groups == 1 ? out : backend.scratch(Shape.of(out.dim(1), out.dim(2), each));
        each(out.shape(), groups, size, p -> {
            collect(patches, p, in, collected);
            INDArray windows = Views.columns(collected, 0, p.rows * width, size);
            INDArray filters = matrix(weight, (long) p.group * each * size, each, size);
            INDArray z = adds ? taken(out, p, each, slice) : column(out, p, each, slice);
            Ops.gemm(filters, true, windows, false, z, adds);
            if (groups > 1) {
                Ops.assign(Views.of(slice, p.rows * width, each), groupPixels(out, p, each));
            }
        });
    }

    private int room(Shape result, long windowSize) {
        long perRow = result.dim(2) * windowSize;
        return Math.toIntExact(Math.max(perRow, Math.min(chunk, result.dim(1) * perRow)));
    }

    private static INDArray matrix(Tensor weight, long first, long rows, long size) {
        return Views.columns(weight, first, rows, size);
    }

    private static void collect(Patches patches, Part p, int channels, Tensor to) {
        INDArray windows = patches.windows(p.image, p.from, p.rows, p.group * channels, channels);
        Ops.assign(windows, Views.of(to, windows.shape()));
    }

    private static long pixelIndex(Tensor image, Part p) {
        return ((long) p.image * image.dim(1) + p.from) * image.dim(2);
    }

    /** The channels of one group in some rows of an image: [pixels, channels]. */
    private static INDArray groupPixels(Tensor image, Part p, int channels) {
        long all = image.dim(3);
        return Views.strided(
                image,
                pixelIndex(image, p) * all + (long) p.group * channels,
                new long[] {(long) p.rows * image.dim(2), channels},
                new long[] {all, 1});
    }

    /** One part of {@code image} as columns; that of one group of several has its place in {@code slice}. */
    private static INDArray column(Tensor image, Part p, int channels, Tensor slice) {
        long first = slice == image ? pixelIndex(image, p) * channels : 0;
        return Views.columns(slice, first, (long) p.rows * image.dim(2), channels);
    }

    /** The same with the values of the part. */
    private static INDArray taken(Tensor image, Part p, int channels, Tensor slice) {
        if (slice != image) {
            Ops.assign(groupPixels(image, p, channels), Views.of(slice, (long) p.rows * image.dim(2), channels));
        }
        return column(image, p, channels, slice);
    }

    private void depthwise(Patches patches, Tensor weight, Tensor out, boolean adds) {
        long c = out.dim(3);
        Tensor product = backend.scratch(out.shape());
        for (int k = 0; k < patches.kernelY() * patches.kernelX(); k++) {
            INDArray tap = patches.tap(k / patches.kernelX(), k % patches.kernelX());
            boolean first = k == 0 && !adds;
            Ops.mul(tap, filter(weight, k, c), Views.of(first ? out : product));
            if (!first) {
                Ops.add(Views.flat(out), Views.flat(product), Views.flat(out));
            }
        }
    }

    /** Tap k of a depthwise weight, [1, 1, 1, channels]. */
    private static INDArray filter(Tensor weight, int k, long channels) {
        long[] line = {1, 1, 1, channels};
        return Views.strided(weight, k * channels, line, Views.rowMajor(line));
    }
    // ---- gradients ----

    void gradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        Tensor weight = laid(w, window);
        Patches patches = Patches.blank(backend, dx, w.dim(2), w.dim(3), window, g.shape());
        int groups = window.groups();
        int in = w.dim(1);
        int each = w.dim(0) / groups;
        if (groups == 1 && patches.isWhole()) {
            long pixels = g.size() / each;
            INDArray up = Views.columns(g, 0, pixels, each);
            INDArray down = Views.columns(patches.image(), 0, pixels, in);
            Ops.gemm(matrix(weight, 0, each, in), false, up, false, down, false);
        } else {
            MovingKernels.fill(patches.image(), 0);
            if (isDepthwise(w, window)) {
                depthwiseGradImage(g, weight, patches);
            } else {
                spread(g, weight, patches);
            }
        }
        if (patches.image() != dx) {
            Ops.assign(patches.inside(dx.shape()), Views.of(dx));
        }
    }

    /** Adds what each window takes of the gradient to the image. */
    private void spread(Tensor g, Tensor weight, Patches patches) {
        int groups = patches.window().groups();
        int in = weight.dim(1);
        int each = weight.dim(0) / groups;
        int taps = patches.kernelY() * patches.kernelX();
        long size = (long) in * taps;
        Tensor windows = backend.scratch(Shape.of(room(g.shape(), size)));
        Tensor tap = backend.scratch(Shape.of((int) (windows.size() / taps)));
        Tensor sum = backend.scratch(tap.shape());
        Tensor slice = groups == 1 ? g : backend.scratch(Shape.of(g.dim(1), g.dim(2), each));
        each(g.shape(), groups, size, p -> {
            long pixels = (long) p.rows * g.dim(2);
            INDArray up = taken(g, p, each, slice);
            INDArray down = Views.columns(windows, 0, pixels, size);
            Ops.gemm(matrix(weight, (long) p.group * each * size, each, size), false, up, false, down, false);
            long[] pixel = {1, p.rows, g.dim(2), in};
            INDArray from = Views.of(tap, pixel);
            INDArray dense = Views.of(sum, pixel);
            for (int k = 0; k < taps; k++) {
                long[] strides = {0, g.dim(2) * size, size, 1};
                Ops.assign(Views.strided(windows, (long) k * in, pixel, strides), from);
                int y = k / patches.kernelX();
                int x = k % patches.kernelX();
                Ops.addInto(patches.tap(p.image, 1, p.from, p.rows, y, x, p.group * in, in), from, dense);
            }
        });
    }

    private void depthwiseGradImage(Tensor g, Tensor weight, Patches patches) {
        INDArray product = Views.of(backend.scratch(g.shape()));
        INDArray dense = Views.of(backend.scratch(g.shape()));
        for (int k = 0; k < patches.kernelY() * patches.kernelX(); k++) {
            Ops.mul(Views.of(g), filter(weight, k, g.dim(3)), product);
            Ops.addInto(patches.tap(k / patches.kernelX(), k % patches.kernelX()), product, dense);
        }
    }

    void gradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        Patches patches = Patches.of(backend, x, dw.dim(2), dw.dim(3), window, g.shape(), 0);
        Packing layout = packing(dw, window);
        Tensor sum = layout == Packing.PLAIN ? dw : backend.scratch(dw.shape());
        if (isDepthwise(dw, window)) {
            depthwiseGradWeight(patches, g, sum);
        } else {
            weightProducts(patches, g, sum);
        }
        if (sum != dw) {
            unpack(sum, layout, dw);
        }
    }

    private void weightProducts(Patches patches, Tensor g, Tensor sum) {
        int groups = patches.window().groups();
        int in = sum.dim(1);
        int each = sum.dim(0) / groups;
        long size = sum.size() / sum.dim(0);
        if (groups == 1 && patches.isWhole()) {
            long pixels = g.size() / each;
            INDArray image = Views.columns(patches.image(), 0, pixels, in);
            Ops.gemm(image, false, Views.columns(g, 0, pixels, each), true, matrix(sum, 0, each, size), false);
            return;
        }
        Tensor collected = backend.scratch(Shape.of(room(g.shape(), size)));
        Tensor slice = groups == 1 ? g : backend.scratch(Shape.of(g.dim(1), g.dim(2), each));
        each(g.shape(), groups, size, p -> {
            collect(patches, p, in, collected);
            INDArray windows = Views.columns(collected, 0, (long) p.rows * g.dim(2), size);
            boolean first = p.image == 0 && p.from == 0;
            INDArray to = matrix(sum, (long) p.group * each * size, each, size);
            Ops.gemm(windows, false, taken(g, p, each, slice), true, to, !first);
        });
    }

    private void depthwiseGradWeight(Patches patches, Tensor g, Tensor sum) {
        long c = g.dim(3);
        Tensor product = backend.scratch(g.shape());
        for (int k = 0; k < patches.kernelY() * patches.kernelX(); k++) {
            Ops.assign(patches.tap(k / patches.kernelX(), k % patches.kernelX()), Views.of(product));
            Ops.mul(Views.of(product), Views.of(g), Views.of(product));
            Tensor line = backend.scratch(Shape.of(g.dim(3)));
            reductions.sum(product, 1, g.size() / c, c, line);
            Ops.assign(Views.flat(line), Views.strided(sum, k * c, new long[] {c}, new long[] {1}));
        }
    }
}
