package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;

/** Convolutions over stride, asymmetric padding, dilation and groups, fused or not, with plain and packed weights. */
final class ConvolutionCases extends Cases {

    ConvolutionCases() {
        super(6);
        Window same = Window.of(1, 1);
        for (int in : new int[] {1, 3, 13, 207}) {
            for (int out : new int[] {1, 13, 64}) {
                convolution(new int[] {1, 5, 7, in}, out, 3, 3, same);
                convolution(new int[] {2, 3, 13, in}, out, 1, 1, Window.of(1, 0));
                convolution(new int[] {1, 13, 3, in}, out, 1, 1, Window.of(2, 0));
            }
        }
        convolution(new int[] {1, 1, 1, 3}, 13, 3, 3, same);
        convolution(new int[] {1, 1, 1, 1}, 1, 1, 1, Window.of(1, 0));
        convolution(new int[] {0, 5, 7, 3}, 13, 3, 3, same);
        convolution(new int[] {1, 31, 29, 3}, 64, 7, 7, Window.of(2, 3));
        convolution(new int[] {1, 13, 13, 16}, 16, 3, 3, same.dilated(2));
        convolution(new int[] {1, 13, 9, 3}, 5, 3, 3, new Window(1, 1, 2, 2, 2, 2, 2, 1));
        convolution(new int[] {2, 8, 6, 3}, 7, 3, 3, new Window(2, 2, 0, 0, 1, 1, 1, 1));
        convolution(new int[] {1, 7, 6, 5}, 3, 3, 3, new Window(1, 2, 2, 0, 1, 3, 1, 1));
        convolution(new int[] {1, 9, 5, 3}, 3, 1, 3, new Window(1, 2, 0, 1, 0, 1, 1, 1));
        convolution(new int[] {1, 9, 5, 3}, 3, 3, 1, new Window(1, 1, 2, 0, 2, 0, 2, 1));
        convolution(new int[] {1, 9, 9, 3}, 3, 5, 5, new Window(3, 2, 4, 4, 4, 4, 1, 1));
        convolution(new int[] {1, 8, 8, 3}, 3, 3, 3, Window.of(2, 0)); // the last row and column are not read
        convolution(new int[] {2, 5, 7, 6}, 9, 3, 3, same.grouped(3));
        convolution(new int[] {1, 5, 7, 13}, 13, 3, 3, same.grouped(13));
        convolution(new int[] {2, 8, 14, 32}, 32, 3, 3, new Window(2, 2, 0, 0, 1, 1, 1, 32));
        convolution(new int[] {1, 12, 7, 17}, 17, 5, 5, new Window(2, 2, 1, 2, 2, 2, 1, 17));
        convolution(new int[] {1, 5, 5, 3}, 6, 3, 3, same.grouped(3));
        wide(new int[] {2, 5, 7, 128}, 131, same);
        wide(new int[] {1, 1, 1, 130}, 128, same);
        wide(new int[] {1, 2, 4, 128}, 128, same);
        wide(new int[] {1, 6, 9, 128}, 128, Window.of(1, 0));
        wide(new int[] {1, 7, 6, 129}, 130, new Window(1, 1, 2, 0, 1, 2, 1, 1));
        wide(new int[] {1, 1, 2, 128}, 128, Window.of(1, 4));
        wide(new int[] {0, 5, 7, 128}, 128, same);
        wide(new int[] {1, 21, 261, 128}, 128, same); // tens of megabytes of what lies between

        Window pointwise = Window.of(1, 0);
        for (int in : SIZES) {
            thenDepthwise(new int[] {2, 5, 7, in}, 13, 1, pointwise, 3, same);
            gated(new int[] {2, 5, 3, in}, 13);
        }
        thenDepthwise(new int[] {1, 12, 7, 3}, 32, 1, pointwise, 5, new Window(2, 2, 1, 2, 2, 2, 1, 1));
        thenDepthwise(new int[] {1, 13, 8, 3}, 13, 3, new Window(2, 2, 1, 0, 1, 1, 1, 1), 3, same);
        thenDepthwise(new int[] {0, 5, 7, 3}, 13, 1, pointwise, 3, same);
        // what lies between takes some tens of megabytes, more than a backend may want to hold at once
        thenDepthwise(new int[] {2, 203, 61, 3}, 368, 1, pointwise, 3, same);
        thenDepthwise(new int[] {1, 190, 64, 2}, 400, 1, pointwise, 5, new Window(2, 2, 1, 1, 2, 2, 1, 1));
        thenDepthwise(new int[] {1, 373, 130, 3}, 400, 3, new Window(2, 2, 1, 0, 1, 1, 1, 1), 3, same.dilated(2));
        thenDepthwise(new int[] {1, 187, 61, 3}, 400, 1, pointwise, 3, new Window(1, 1, 4, 1, 3, 1, 1, 1));
        thenDepthwise(new int[] {1, 191, 61, 3}, 400, 1, pointwise, 1, Window.of(3, 0));
        gated(new int[] {1, 1, 1, 207}, 64);
        gated(new int[] {3, 13, 1, 1}, 1);
        gated(new int[] {0, 5, 7, 3}, 13);
    }

    /** So many channels that fewer multiplications pay: results and unpacked weights are as near as sums are. */
    private void wide(int[] image, int outs, Window window) {
        int[] w = {outs, image[3], 3, 3};
        int[] out = window.output(Shape.of(image), 3, 3, outs).dims();
        forward(image, w, out, window, Activation.IDENTITY, false, false, true);
        if (image[1] * image[2] > 1000) {
            return;
        }
        forward(image, w, out, window, Activation.RELU, true, false, true);
        forward(image, w, out, window, Activation.SILU, true, true, true);
        sums(
                "conv2d",
                "packed, over the residual" + name(window),
                List.of(normal(image), normal(w), normal(outs)),
                List.of(normal(out)),
                (b, x, y) -> with(
                        b,
                        x[1],
                        WeightUse.CONV2D,
                        window,
                        true,
                        weight -> b.conv2d(x[0], weight, x[2], y[0], window, Activation.RELU, y[0])));
        sums(
                "pack",
                "wide conv2d" + name(window),
                List.of(normal(w)),
                List.of(Host.uninitialized(w)),
                (b, x, y) -> ProductCases.there(
                        b,
                        x[0],
                        WeightUse.CONV2D,
                        window,
                        v -> {
                            use(b, v, image, window);
                            use(b, v, image, Window.of(2, 1)); // needs the weight in another form
                            use(b, v, image, window);
                        },
                        y[0]));
    }

    private void convolution(int[] image, int outs, int ky, int kx, Window window) {
        Shape shape = window.output(Shape.of(image), ky, kx, outs);
        int[] w = {outs, image[3] / window.groups(), ky, kx};
        for (Activation f : Activation.values()) {
            forward(image, w, shape.dims(), window, f, true, true, false);
        }
        forward(image, w, shape.dims(), window, Activation.IDENTITY, false, false, false);
        forward(image, w, shape.dims(), window, Activation.RELU, true, false, false);
        forward(image, w, shape.dims(), window, Activation.RELU, false, true, false);
        forward(image, w, shape.dims(), window, Activation.RELU, true, true, true);
        forward(image, w, shape.dims(), window, Activation.SILU, true, false, true);
        forward(image, w, shape.dims(), window, Activation.IDENTITY, false, false, true);
        for (Activation f : List.of(Activation.IDENTITY, Activation.RELU)) {
            sums(
                    "conv2d",
                    f + " over the residual" + name(window),
                    List.of(normal(image), normal(w), normal(outs)),
                    List.of(normal(shape.dims())),
                    (b, x, y) -> b.conv2d(x[0], x[1], x[2], y[0], window, f, y[0]));
        }
        String name = name(window);
        exact(
                "pack",
                "conv2d" + name,
                List.of(normal(w)),
                List.of(Host.uninitialized(w)),
                (b, x, y) ->
                        ProductCases.there(b, x[0], WeightUse.CONV2D, window, v -> use(b, v, image, window), y[0]));
        sums(
                "conv2dGradImage",
                name,
                List.of(normal(shape.dims()), normal(w)),
                List.of(Host.uninitialized(image)),
                (b, x, y) -> b.conv2dGradImage(x[0], x[1], window, y[0]));
        sums(
                "conv2dGradWeight",
                name,
                List.of(normal(image), normal(shape.dims())),
                List.of(Host.uninitialized(w)),
                (b, x, y) -> b.conv2dGradWeight(x[0], x[1], window, y[0]));
    }

    /** A convolution to {@code outs} channels and a depthwise one, its window {@code then} for as many groups. */
    private void thenDepthwise(int[] image, int outs, int kernel, Window window, int thenKernel, Window then) {
        Window depthwise = then.grouped(outs);
        int[] w = {outs, image[3], kernel, kernel};
        int[] d = {outs, 1, thenKernel, thenKernel};
        Shape between = window.output(Shape.of(image), kernel, kernel, outs);
        int[] out = depthwise.output(between, thenKernel, thenKernel, outs).dims();
        boolean large = between.size() > 1 << 20;
        for (Activation f : large ? List.of(Activation.SILU) : List.of(Activation.values())) {
            for (boolean packed : large ? new boolean[] {true} : new boolean[] {false, true}) {
                sums(
                        "conv2dThenDepthwise",
                        f + (packed ? " packed" : "") + name(window) + name(depthwise),
                        List.of(normal(image), normal(w), normal(outs), normal(d), normal(outs)),
                        List.of(Host.uninitialized(out)),
                        (b, x, y) -> with(b, x[1], WeightUse.CONV2D, window, packed, first -> {
                            with(b, x[3], WeightUse.CONV2D, depthwise, packed, second -> {
                                b.conv2dThenDepthwise(
                                        x[0],
                                        new Filter(first, packed ? x[2] : null, window),
                                        new Filter(second, packed ? x[4] : null, depthwise),
                                        f,
                                        y[0]);
                            });
                        }));
            }
        }
    }

    private void gated(int[] image, int outs) {
        int[] w = {outs, image[3], 1, 1};
        int[] out = {image[0], image[1], image[2], outs};
        int[] gate = {image[0], 1, 1, image[3]};
        Window window = Window.of(1, 0);
        for (boolean packed : new boolean[] {false, true}) {
            List<Host> inputs = List.of(normal(image), positive(gate), normal(w), normal(outs));
            String name = packed ? "packed" : "plain";
            sums(
                    "gatedConv2d",
                    name,
                    inputs,
                    List.of(Host.uninitialized(out)),
                    (b, x, y) -> with(b, x[2], WeightUse.GATED_CONV2D, window, packed, weight -> {
                        b.gatedConv2d(x[0], x[1], weight, packed ? null : x[3], null, y[0]);
                    }));
            sums(
                    "gatedConv2d",
                    name + " over the residual",
                    inputs,
                    List.of(normal(out)),
                    (b, x, y) -> with(b, x[2], WeightUse.GATED_CONV2D, window, packed, weight -> {
                        b.gatedConv2d(x[0], x[1], weight, x[3], y[0], y[0]);
                    }));
        }
        exact(
                "pack",
                "gatedConv2d",
                List.of(normal(w)),
                List.of(Host.uninitialized(w)),
                (b, x, y) -> ProductCases.there(b, x[0], WeightUse.GATED_CONV2D, window, v -> {}, y[0]));
    }

    /** Calls {@code kernel} with a weight as it is or packed. */
    private static void with(
            Backend b, Tensor w, WeightUse use, Window window, boolean packed, Consumer<Tensor> kernel) {
        Tensor weight = packed ? b.pack(w, use, window, DType.FLOAT32) : w;
        kernel.accept(weight);
        if (weight != w) {
            weight.close();
        }
    }

    private void forward(
            int[] image,
            int[] w,
            int[] out,
            Window window,
            Activation f,
            boolean bias,
            boolean residual,
            boolean packed) {
        sums(
                "conv2d",
                f
                        + (bias ? " with bias" : "")
                        + (residual ? " with residual" : "")
                        + (packed ? " packed" : "")
                        + name(window),
                List.of(normal(image), normal(w), normal(w[0]), normal(out)),
                List.of(Host.uninitialized(out)),
                (b, x, y) -> {
                    Tensor weight = packed ? b.pack(x[1], WeightUse.CONV2D, window, DType.FLOAT32) : x[1];
                    if (packed && residual) {
                        use(b, weight, image, window);
                    }
                    b.conv2d(x[0], weight, bias ? x[2] : null, residual ? x[3] : null, window, f, y[0]);
                    if (weight != x[1]) {
                        weight.close();
                    }
                });
    }

    /** Uses a packed weight on a larger image, for which a backend may prefer another layout. */
    private static void use(Backend b, Tensor w, int[] image, Window window) {
        Tensor large = Tensor.zeros(1, image[1] + 17, image[2] + 9, image[3]);
        Shape out = window.output(large.shape(), w.dim(2), w.dim(3), w.dim(0));
        b.conv2d(large, w, null, null, window, Activation.IDENTITY, Tensor.empty(out));
    }

    private static String name(Window w) {
        return " " + w.toString().substring("Window".length());
    }
}
