package io.github.mdetr.core.op;

import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;

/** Dropout (Srivastava et al. 2014), from a generator that the caller seeds. */
public final class Dropout {
    private Dropout() {}

    /** Sets each element to 0 with probability p and scales the rest by 1/(1 − p). */
    public static Tensor dropout(Tensor x, float p, RandomGenerator random) {
        Check.that(p >= 0 && p < 1, "dropout: probability must be in [0, 1), got " + p);
        if (p == 0) {
            return x;
        }
        float[] keep = new float[Math.toIntExact(x.size())];
        for (int i = 0; i < keep.length; i++) {
            keep[i] = random.nextDouble() < p ? 0 : 1 / (1 - p);
        }
        try (Tensor mask = Check.empty(x, x.shape())) {
            mask.write(FloatBuffer.wrap(keep));
            return Elementwise.mul(x, mask);
        }
    }
}
