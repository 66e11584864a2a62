package io.github.mdetr.core.parameter;

import io.github.mdetr.core.tensor.Shape;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** How a weight starts when no checkpoint gives it. */
@FunctionalInterface
public interface Init {
    /** Fills {@code values}, row-major of {@code shape}. */
    void fill(float[] values, Shape shape, RandomGenerator random);

    /** One value everywhere. */
    static Init constant(float value) {
        return (v, s, r) -> Arrays.fill(v, value);
    }

    /** Normal around 0 with the given deviation. */
    static Init normal(double deviation) {
        return (v, s, r) -> {
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) (r.nextGaussian() * deviation);
            }
        };
    }

    /** Uniform in [−bound, bound]. */
    static Init uniform(double bound) {
        return (v, s, r) -> {
            for (int i = 0; i < v.length; i++) {
                v[i] = (float) ((2 * r.nextDouble() - 1) * bound);
            }
        };
    }

    /** Uniform by fan in and fan out (Glorot and Bengio 2010): weights [out, in, ...]. */
    static Init xavierUniform() {
        return (v, s, r) -> {
            double taps = s.size() / ((double) s.dim(0) * s.dim(1));
            uniform(Math.sqrt(6 / ((s.dim(0) + s.dim(1)) * taps))).fill(v, s, r);
        };
    }

    /** Normal by fan out for ReLU networks (He et al. 2015): weights [out, in, ...]. */
    static Init heNormal() {
        return heNormal(1);
    }

    /** The same for convolutions in groups: weights [out, in / groups, ...]. */
    static Init heNormal(int groups) {
        return (v, s, r) ->
                normal(Math.sqrt(2 * groups / (s.size() / (double) s.dim(1)))).fill(v, s, r);
    }

    /** Uniform by fan in, as PyTorch starts its linear and convolution layers: weights [out, in, ...]. */
    static Init fanInUniform() {
        return (v, s, r) -> uniform(1 / Math.sqrt(s.size() / (double) s.dim(0))).fill(v, s, r);
    }
}
