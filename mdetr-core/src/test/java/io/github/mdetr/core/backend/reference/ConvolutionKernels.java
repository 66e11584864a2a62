package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Convolution and its two gradients; the inner loop runs over channels, which are contiguous. */
final class ConvolutionKernels {
    private ConvolutionKernels() {}

    static void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        check(x.shape(), w.shape(), window, out.shape());
        double[] xs = Heap.doubles(x);
        double[] ws = ProductKernels.outputsLast(w, WeightUse.CONV2D);
        double[] y = new double[Heap.size(out)];
        ProductKernels.start(y, out.dim(3), bias);
        if (residual != null) {
            ElementKernels.shape(residual, out.shape().dims());
            double[] r = Heap.doubles(residual);
            for (int i = 0; i < y.length; i++) {
                y[i] += r[i];
            }
        }
        int groups = window.groups();
        int ins = x.dim(3) / groups;
        int outs = out.dim(3) / groups;
        eachTap(x.shape(), w.shape(), window, out.shape(), (image, tap, result) -> {
            for (int g = 0; g < groups; g++) {
                for (int c = 0; c < ins; c++) {
                    double v = xs[image + g * ins + c];
                    int to = result + g * outs;
                    int from = (tap * ins + c) * groups * outs + g * outs;
                    for (int o = 0; o < outs; o++) {
                        y[to + o] += v * ws[from + o];
                    }
                }
            }
        });
        ProductKernels.finish(y, f);
        Heap.store(y, out);
    }

    static void gatedConv2d(
            Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Tensor out) {
        int ins = x.dim(3);
        int outs = out.dim(3);
        int pixels = x.dim(1) * x.dim(2);
        ElementKernels.shape(gate, x.dim(0), 1, 1, ins);
        ElementKernels.shape(out, x.dim(0), x.dim(1), x.dim(2), outs);
        double[] xs = Heap.doubles(x);
        double[] gates = Heap.doubles(gate);
        double[] ws = ProductKernels.outputsLast(w, WeightUse.GATED_CONV2D);
        double[] y = new double[Heap.size(out)];
        ProductKernels.start(y, outs, bias);
        double[] r = residual == null ? new double[y.length] : Heap.doubles(residual);
        for (int p = 0; p < x.dim(0) * pixels; p++) {
            for (int o = 0; o < outs; o++) {
                double sum = 0;
                for (int c = 0; c < ins; c++) {
                    sum += xs[p * ins + c] * gates[p / pixels * ins + c] * ws[c * outs + o];
                }
                y[p * outs + o] += sum + r[p * outs + o];
            }
        }
        Heap.store(y, out);
    }

    static void conv2dGradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        check(dx.shape(), w.shape(), window, g.shape());
        double[] gs = Heap.doubles(g);
        double[] plain = Heap.doubles(w);
        double[] d = new double[Heap.size(dx)];
        int groups = window.groups();
        int ins = w.dim(1);
        int outs = w.dim(0) / groups;
        int taps = w.dim(2) * w.dim(3);
        double[] ws = new double[plain.length]; // [out, taps, in]
        for (int o = 0; o < w.dim(0); o++) {
            for (int c = 0; c < ins; c++) {
                for (int t = 0; t < taps; t++) {
                    ws[(o * taps + t) * ins + c] = plain[(o * ins + c) * taps + t];
                }
            }
        }
        eachTap(dx.shape(), w.shape(), window, g.shape(), (image, tap, result) -> {
            for (int o = 0; o < w.dim(0); o++) {
                double v = gs[result + o];
                int to = image + o / outs * ins;
                int from = (o * taps + tap) * ins;
                for (int c = 0; c < ins; c++) {
                    d[to + c] += v * ws[from + c];
                }
            }
        });
        Heap.store(d, dx);
    }

    static void conv2dGradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        check(x.shape(), dw.shape(), window, g.shape());
        double[] xs = Heap.doubles(x);
        double[] gs = Heap.doubles(g);
        int groups = window.groups();
        int ins = dw.dim(1);
        int outs = dw.dim(0) / groups;
        int taps = dw.dim(2) * dw.dim(3);
        double[] d = new double[Heap.size(dw)]; // [out, taps, in]
        eachTap(x.shape(), dw.shape(), window, g.shape(), (image, tap, result) -> {
            for (int o = 0; o < dw.dim(0); o++) {
                double v = gs[result + o];
                int from = image + o / outs * ins;
                int to = (o * taps + tap) * ins;
                for (int c = 0; c < ins; c++) {
                    d[to + c] += v * xs[from + c];
                }
            }
        });
        double[] plain = new double[d.length];
        for (int o = 0; o < dw.dim(0); o++) {
            for (int c = 0; c < ins; c++) {
                for (int t = 0; t < taps; t++) {
                    plain[(o * ins + c) * taps + t] = d[(o * taps + t) * ins + c];
                }
            }
        }
        Heap.store(plain, dw);
    }

    /** What a convolution does with one pixel, one tap and one result pixel, given by their first channels' indices. */
    private interface Tap {
        void visit(int image, int tap, int result);
    }

    private static void eachTap(Shape x, Shape w, Window window, Shape out, Tap visitor) {
        for (int b = 0; b < out.dim(0); b++) {
            for (int oy = 0; oy < out.dim(1); oy++) {
                for (int ox = 0; ox < out.dim(2); ox++) {
                    int result = ((b * out.dim(1) + oy) * out.dim(2) + ox) * out.dim(3);
                    for (int ky = 0; ky < w.dim(2); ky++) {
                        int y = oy * window.strideY() - window.top() + ky * window.dilation();
                        if (y < 0 || y >= x.dim(1)) {
                            continue;
                        }
                        for (int kx = 0; kx < w.dim(3); kx++) {
                            int column = ox * window.strideX() - window.left() + kx * window.dilation();
                            if (column >= 0 && column < x.dim(2)) {
                                int image = ((b * x.dim(1) + y) * x.dim(2) + column) * x.dim(3);
                                visitor.visit(image, ky * w.dim(3) + kx, result);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void check(Shape x, Shape w, Window window, Shape out) {
        if (x.dim(3) != w.dim(1) * window.groups()
                || !window.output(x, w.dim(2), w.dim(3), w.dim(0)).equals(out)) {
            throw new IllegalArgumentException(
                    "reference: convolution of " + x + " by " + w + " with " + window + " does not give " + out);
        }
    }
}
