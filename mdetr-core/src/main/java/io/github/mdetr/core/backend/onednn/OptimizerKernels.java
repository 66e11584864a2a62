package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.OpenMp;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Steps of optimizers in one pass over memory: lines that the first cache holds are copied to Java arrays, on which the
 * compiler vectorizes, and back. Large tensors are shared among as many threads as the kernels use.
 */
final class OptimizerKernels {
    /** Elements of a line: five of them fill half of a first cache of 48 KiB. */
    private static final int LINE = 1024;

    /** Elements of a block: what is worth a thread, and what a partial sum goes over. */
    private static final int BLOCK = 1 << 16;

    /** Between these a sum of squares has lost nothing to the limits of float. */
    private static final double SMALLEST = 1e-24;

    private static final double LARGEST = 1e38;

    private final int threads;

    OptimizerKernels() {
        int n;
        try {
            n = OpenMp.threads();
        } catch (IllegalStateException e) { // a library without OpenMP
            n = Runtime.getRuntime().availableProcessors();
        }
        threads = n;
    }

    private interface Range {
        /** Works on elements {@code from} to {@code to}. */
        void work(long from, long to);
    }

    /** Whole blocks for each thread; one alone is worked on here. */
    private void share(long elements, Range work) {
        long blocks = (elements + BLOCK - 1) / BLOCK;
        int parts = (int) Math.min(threads, blocks);
        if (parts <= 1) {
            work.work(0, elements);
            return;
        }
        IntStream.range(0, parts)
                .parallel()
                .forEach(i ->
                        work.work(blocks * i / parts * BLOCK, Math.min(elements, blocks * (i + 1) / parts * BLOCK)));
    }

    /** A line of a tensor's elements in a Java array, read from and written to its memory. */
    private static final class Line {
        final float[] values = new float[LINE];
        private final long address;

        private @Nullable FloatBuffer block;

        Line(Tensor t) {
            address = OneDnnBackend.address(t);
        }

        /** Moves to the block that begins at element {@code from}. */
        void enter(long from, int count) {
            block = OneDnnStorage.buffer(address + 4 * from, 4L * count).asFloatBuffer();
        }

        void read(int at, int n) {
            if (block != null) {
                block.get(at, values, 0, n);
            }
        }

        void write(int at, int n) {
            if (block != null) {
                block.put(at, values, 0, n);
            }
        }
    }

    private interface Update {
        void apply(int n);
    }

    /** Reads all lines, applies the update and writes the first {@code written} back, line by line. */
    private static void each(long from, long to, Line[] lines, int written, Update update) {
        for (long start = from; start < to; start += BLOCK) {
            int count = (int) Math.min(BLOCK, to - start);
            for (Line l : lines) {
                l.enter(start, count);
            }
            for (int at = 0; at < count; at += LINE) {
                int n = Math.min(LINE, count - at);
                for (Line l : lines) {
                    l.read(at, n);
                }
                update.apply(n);
                for (int i = 0; i < written; i++) {
                    lines[i].write(at, n);
                }
            }
        }
    }

    double squaredNorm(Tensor x) {
        double[] partial = new double[Math.toIntExact((x.size() + BLOCK - 1) / BLOCK)];
        share(x.size(), (from, to) -> {
            Line line = new Line(x);
            float[] lanes = new float[LINE];
            for (long start = from; start < to; start += BLOCK) {
                long end = Math.min(to, start + BLOCK);
                Arrays.fill(lanes, 0);
                each(start, end, new Line[] {line}, 0, n -> addSquares(line.values, n, lanes));
                double sum = sum(lanes);
                if (!(sum >= SMALLEST && sum <= LARGEST)) { // the root may be in float's range where squares are not
                    double[] exact = {0};
                    each(start, end, new Line[] {line}, 0, n -> exact[0] += squares(line.values, n));
                    sum = exact[0];
                }
                partial[(int) (start / BLOCK)] = sum;
            }
        });
        return sum(partial); // always in the same order, however many threads there are
    }

    /** In lanes, which the compiler makes vectors of; each gets a sum of at most BLOCK / LINE squares. */
    private static void addSquares(float[] x, int n, float[] lanes) {
        for (int i = 0; i < n; i++) {
            lanes[i] += x[i] * x[i];
        }
    }

    private static double squares(float[] x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) x[i] * x[i];
        }
        return sum;
    }

    private static double sum(float[] values) {
        double sum = 0;
        for (float v : values) {
            sum += v;
        }
        return sum;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum;
    }

    void adamW(AdamWUpdate how, Tensor weight, Tensor grad, Tensor m, Tensor v, @Nullable Tensor average) {
        share(weight.size(), (from, to) -> {
            Line w = new Line(weight);
            Line mean = new Line(m);
            Line square = new Line(v);
            Line g = new Line(grad);
            if (average == null) {
                each(
                        from,
                        to,
                        new Line[] {w, mean, square, g},
                        3,
                        n -> adamW(how, n, w.values, g.values, mean.values, square.values));
                return;
            }
            Line a = new Line(average);
            each(from, to, new Line[] {w, mean, square, a, g}, 4, n -> {
                adamW(how, n, w.values, g.values, mean.values, square.values);
                approach(n, w.values, how.averageWeight(), a.values);
            });
        });
    }

    private static void adamW(AdamWUpdate how, int n, float[] w, float[] grad, float[] m, float[] v) {
        float scale = how.gradScale();
        float keep = how.keep();
        float meanWeight = how.meanWeight();
        float squareKeep = how.squareKeep();
        float squareWeight = how.squareWeight();
        float step = how.stepSize();
        float correction = how.correction();
        float eps = how.eps();
        for (int i = 0; i < n; i++) {
            float g = scale * grad[i];
            float mean = m[i] + meanWeight * (g - m[i]);
            float square = squareKeep * v[i] + squareWeight * g * g;
            float root = (float) Math.sqrt(square) / correction + eps;
            m[i] = mean;
            v[i] = square;
            w[i] = keep * w[i] - step * mean / root;
        }
    }

    void sgd(SgdUpdate how, Tensor weight, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average) {
        share(weight.size(), (from, to) -> {
            Line w = new Line(weight);
            Line g = new Line(grad);
            Line speed = velocity == null ? null : new Line(velocity);
            Line a = average == null ? null : new Line(average);
            Line[] lines = new Line[2 + (speed == null ? 0 : 1) + (a == null ? 0 : 1)];
            int k = 0;
            lines[k++] = w;
            if (speed != null) {
                lines[k++] = speed;
            }
            if (a != null) {
                lines[k++] = a;
            }
            lines[k] = g;
            each(from, to, lines, k, n -> {
                gradient(how, n, w.values, g.values);
                if (speed != null) {
                    accelerate(how.momentum(), n, g.values, speed.values);
                }
                if (speed == null) {
                    descend(how.rate(), n, g.values, w.values);
                } else if (how.nesterov()) {
                    lookAhead(how.momentum(), n, speed.values, g.values);
                    descend(how.rate(), n, g.values, w.values);
                } else {
                    descend(how.rate(), n, speed.values, w.values);
                }
                if (a != null) {
                    approach(n, w.values, how.averageWeight(), a.values);
                }
            });
        });
    }

    private static void gradient(SgdUpdate how, int n, float[] w, float[] g) {
        float scale = how.gradScale();
        float decay = how.decay();
        for (int i = 0; i < n; i++) {
            g[i] = scale * g[i] + decay * w[i];
        }
    }

    private static void accelerate(float momentum, int n, float[] g, float[] velocity) {
        for (int i = 0; i < n; i++) {
            velocity[i] = momentum * velocity[i] + g[i];
        }
    }

    private static void lookAhead(float momentum, int n, float[] velocity, float[] g) {
        for (int i = 0; i < n; i++) {
            g[i] = g[i] + momentum * velocity[i];
        }
    }

    private static void descend(float rate, int n, float[] by, float[] w) {
        for (int i = 0; i < n; i++) {
            w[i] = w[i] - rate * by[i];
        }
    }

    void approach(Tensor target, float weight, Tensor x) {
        share(x.size(), (from, to) -> {
            Line t = new Line(target);
            Line line = new Line(x);
            each(from, to, new Line[] {line, t}, 1, n -> approach(n, t.values, weight, line.values));
        });
    }

    private static void approach(int n, float[] target, float weight, float[] x) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] + weight * (target[i] - x[i]);
        }
    }
}
