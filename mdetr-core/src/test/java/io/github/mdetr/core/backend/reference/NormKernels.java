package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Layer and group normalization. */
final class NormKernels {
    private NormKernels() {}

    static void layerNorm(
            Tensor x,
            @Nullable Tensor residual,
            Tensor gamma,
            Tensor beta,
            float eps,
            Tensor out,
            @Nullable Tensor sum,
            @Nullable Tensor statistics) {
        int n = x.dim(0);
        int d = x.dim(1);
        ElementKernels.shape(out, n, d);
        ElementKernels.shape(gamma, d);
        ElementKernels.shape(beta, d);
        double[] z = Heap.doubles(x);
        if (residual != null) {
            ElementKernels.shape(residual, n, d);
            double[] r = Heap.doubles(residual);
            for (int i = 0; i < z.length; i++) {
                z[i] += r[i];
            }
        }
        if (sum != null) {
            Heap.store(z, sum);
        }
        double[] g = Heap.doubles(gamma);
        double[] b = Heap.doubles(beta);
        double[] s = new double[2 * n];
        for (int row = 0; row < n; row++) {
            Moments m = new Moments();
            for (int i = 0; i < d; i++) {
                m.add(z[row * d + i]);
            }
            s[row] = m.mean();
            s[n + row] = 1 / Math.sqrt(m.variance() + eps);
            for (int i = 0; i < d; i++) {
                z[row * d + i] = (z[row * d + i] - s[row]) * s[n + row] * g[i] + b[i];
            }
        }
        Heap.store(z, out);
        if (statistics != null) {
            ElementKernels.shape(statistics, 2, n);
            Heap.store(s, statistics);
        }
    }

    static void layerNormGrad(
            Tensor z, Tensor gamma, Tensor statistics, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta) {
        int n = z.dim(0);
        int d = z.dim(1);
        ElementKernels.shape(statistics, 2, n);
        double[] zs = Heap.doubles(z);
        double[] gs = Heap.doubles(g);
        double[] gm = Heap.doubles(gamma);
        double[] s = Heap.doubles(statistics);
        double[] dx = new double[n * d];
        double[] dg = new double[d];
        double[] db = new double[d];
        for (int row = 0; row < n; row++) {
            double mean = s[row];
            double scale = s[n + row];
            double sum = 0;
            double dot = 0;
            for (int i = 0; i < d; i++) {
                int k = row * d + i;
                double normal = (zs[k] - mean) * scale;
                sum += gs[k] * gm[i];
                dot += gs[k] * gm[i] * normal;
                dg[i] += gs[k] * normal;
                db[i] += gs[k];
            }
            for (int i = 0; i < d; i++) {
                int k = row * d + i;
                double normal = (zs[k] - mean) * scale;
                dx[k] = scale * (gs[k] * gm[i] - (sum + normal * dot) / d);
            }
        }
        Heap.store(dx, dz);
        Heap.store(dg, dgamma);
        Heap.store(db, dbeta);
    }

    static void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        int batch = x.dim(0);
        int pixels = x.dim(1) * x.dim(2);
        int channels = x.dim(3);
        int width = channels / groups;
        ElementKernels.shape(statistics, 2, batch, groups);
        double[] v = Heap.doubles(x);
        double[] gm = Heap.doubles(gamma);
        double[] bt = Heap.doubles(beta);
        double[] s = new double[2 * batch * groups];
        for (int b = 0; b < batch; b++) {
            for (int g = 0; g < groups; g++) {
                Moments m = new Moments();
                for (int p = 0; p < pixels; p++) {
                    for (int c = g * width; c < (g + 1) * width; c++) {
                        m.add(v[(b * pixels + p) * channels + c]);
                    }
                }
                double mean = m.mean();
                double scale = 1 / Math.sqrt(m.variance() + eps);
                s[b * groups + g] = mean;
                s[(batch + b) * groups + g] = scale;
                for (int p = 0; p < pixels; p++) {
                    for (int c = g * width; c < (g + 1) * width; c++) {
                        int k = (b * pixels + p) * channels + c;
                        v[k] = (v[k] - mean) * scale * gm[c] + bt[c];
                    }
                }
            }
        }
        Heap.store(v, out);
        Heap.store(s, statistics);
    }

    static void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        int batch = x.dim(0);
        int pixels = x.dim(1) * x.dim(2);
        int channels = x.dim(3);
        int width = channels / groups;
        double[] xs = Heap.doubles(x);
        double[] gs = Heap.doubles(g);
        double[] gm = Heap.doubles(gamma);
        double[] s = Heap.doubles(statistics);
        double[] d = new double[xs.length];
        double[] dg = new double[channels];
        double[] db = new double[channels];
        for (int b = 0; b < batch; b++) {
            for (int group = 0; group < groups; group++) {
                double mean = s[b * groups + group];
                double scale = s[(batch + b) * groups + group];
                double sum = 0;
                double dot = 0;
                for (int p = 0; p < pixels; p++) {
                    for (int c = group * width; c < (group + 1) * width; c++) {
                        int k = (b * pixels + p) * channels + c;
                        double normal = (xs[k] - mean) * scale;
                        sum += gs[k] * gm[c];
                        dot += gs[k] * gm[c] * normal;
                        dg[c] += gs[k] * normal;
                        db[c] += gs[k];
                    }
                }
                for (int p = 0; p < pixels; p++) {
                    for (int c = group * width; c < (group + 1) * width; c++) {
                        int k = (b * pixels + p) * channels + c;
                        double normal = (xs[k] - mean) * scale;
                        d[k] = scale * (gs[k] * gm[c] - (sum + normal * dot) / (pixels * width));
                    }
                }
            }
        }
        Heap.store(d, dx);
        Heap.store(dg, dgamma);
        Heap.store(db, dbeta);
    }

    /** Mean and variance in one pass (Welford 1962). */
    private static final class Moments {
        private int n;
        private double mean;
        private double squares;

        void add(double x) {
            double delta = x - mean;
            mean += delta / ++n;
            squares += delta * (x - mean);
        }

        double mean() {
            return mean;
        }

        double variance() {
            return squares / n;
        }
    }
}
