package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Pooling and resizing of images [B, H, W, C]. */
final class ImageKernels {
    private ImageKernels() {}

    static void maxPool2d(Tensor x, int kernel, Window window, Tensor out) {
        int[] winners = winners(x, kernel, window, out.shape());
        float[] from = Heap.floats(x);
        float[] to = Heap.floats(out);
        for (int i = 0; i < winners.length; i++) {
            to[Heap.at(out) + i] = winners[i] < 0 ? Float.NEGATIVE_INFINITY : from[Heap.at(x) + winners[i]];
        }
    }

    static void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        int[] winners = winners(x, kernel, window, g.shape());
        double[] d = new double[Heap.size(dx)];
        float[] from = Heap.floats(g);
        for (int i = 0; i < winners.length; i++) {
            if (winners[i] >= 0) {
                d[winners[i]] += from[Heap.at(g) + i];
            }
        }
        Heap.store(d, dx);
    }

    /** Index in x of the first largest pixel of each window, −1 for a window on padding alone. */
    private static int[] winners(Tensor x, int kernel, Window window, Shape out) {
        if (!window.output(x.shape(), kernel, kernel, x.dim(3)).equals(out)) {
            throw new IllegalArgumentException("reference: pooling of " + x + " does not give " + out);
        }
        float[] from = Heap.floats(x);
        int[] best = new int[Math.toIntExact(out.size())];
        int i = 0;
        for (int b = 0; b < out.dim(0); b++) {
            for (int oy = 0; oy < out.dim(1); oy++) {
                for (int ox = 0; ox < out.dim(2); ox++) {
                    for (int c = 0; c < out.dim(3); c++) {
                        int at = -1;
                        for (int ky = 0; ky < kernel; ky++) {
                            for (int kx = 0; kx < kernel; kx++) {
                                int y = oy * window.strideY() - window.top() + ky * window.dilation();
                                int column = ox * window.strideX() - window.left() + kx * window.dilation();
                                if (y < 0 || y >= x.dim(1) || column < 0 || column >= x.dim(2)) {
                                    continue;
                                }
                                int k = ((b * x.dim(1) + y) * x.dim(2) + column) * x.dim(3) + c;
                                if (at < 0 || from[Heap.at(x) + k] > from[Heap.at(x) + at]) {
                                    at = k;
                                }
                            }
                        }
                        best[i++] = at;
                    }
                }
            }
        }
        return best;
    }

    static void resize(Interpolation how, Tensor x, Tensor out) {
        double[] from = Heap.doubles(x);
        double[] to = new double[Heap.size(out)];
        eachNeighbour(how, x.shape(), out.shape(), (source, target, weight) -> {
            for (int c = 0; c < x.dim(3); c++) {
                to[target + c] += weight * from[source + c];
            }
        });
        Heap.store(to, out);
    }

    static void resizeGrad(Interpolation how, Tensor g, Tensor dx) {
        double[] from = Heap.doubles(g);
        double[] to = new double[Heap.size(dx)];
        eachNeighbour(how, dx.shape(), g.shape(), (source, target, weight) -> {
            for (int c = 0; c < dx.dim(3); c++) {
                to[source + c] += weight * from[target + c];
            }
        });
        Heap.store(to, dx);
    }

    /** A source pixel, a target pixel (by their first channels' indices) and the share of one in the other. */
    private interface Neighbour {
        void visit(int source, int target, double weight);
    }

    private static void eachNeighbour(Interpolation how, Shape x, Shape out, Neighbour visitor) {
        Axis rows = new Axis(how, x.dim(1), out.dim(1));
        Axis columns = new Axis(how, x.dim(2), out.dim(2));
        for (int b = 0; b < out.dim(0); b++) {
            for (int oy = 0; oy < out.dim(1); oy++) {
                for (int ox = 0; ox < out.dim(2); ox++) {
                    int target = ((b * out.dim(1) + oy) * out.dim(2) + ox) * out.dim(3);
                    for (int i = 0; i < 2; i++) {
                        for (int j = 0; j < 2; j++) {
                            double weight = rows.weight(oy, i) * columns.weight(ox, j);
                            if (weight != 0) {
                                int row = b * x.dim(1) + rows.source(oy, i);
                                int source = (row * x.dim(2) + columns.source(ox, j)) * x.dim(3);
                                visitor.visit(source, target, weight);
                            }
                        }
                    }
                }
            }
        }
    }

    /** The one or two source indices of each target index along one axis, with their shares. */
    private static final class Axis {
        private final int[] first;
        private final double[] share;
        private final int last;

        Axis(Interpolation how, int in, int out) {
            first = new int[out];
            share = new double[out];
            last = in - 1;
            for (int i = 0; i < out; i++) {
                if (how == Interpolation.NEAREST) {
                    first[i] = (int) ((long) i * in / out);
                } else {
                    double source = Math.max(0, (i + 0.5) * in / out - 0.5);
                    first[i] = (int) source;
                    share[i] = source - first[i];
                }
            }
        }

        int source(int i, int neighbour) {
            return Math.min(first[i] + neighbour, last);
        }

        double weight(int i, int neighbour) {
            return neighbour == 0 ? 1 - share[i] : share[i];
        }
    }
}
