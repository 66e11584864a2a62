package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Compares a gradient with a central difference of fourth order along a random direction, for each input by itself:
 * (8·(L(h) − L(−h)) − (L(2h) − L(−2h)))/12h, L = Σ output · upstream summed on the host in double precision.
 */
final class FiniteDifference {
    /** Wide, since outputs are rounded to float32; the inputs keep more than twice this from kinks. */
    static final double STEP = 0.03;

    private static final double RELATIVE = 2e-3;
    private static final double FLOAT_ROUNDING = 6e-8;

    /** A differentiable input; the direction has entries in [−1, 1]. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Input(float[] values, Shape shape) {}

    private FiniteDifference() {}

    static void check(Function<List<Tensor>, Tensor> f, List<Input> inputs, SplittableRandom random) {
        float[] upstream = upstream(f, inputs, random);
        List<float[]> gradients = gradients(f, inputs, upstream);
        for (int i = 0; i < inputs.size(); i++) {
            float[] direction = uniform(random, inputs.get(i).values().length);
            double[] at = new double[5];
            double size = 0;
            for (int k = -2; k <= 2; k++) {
                double[] value = loss(f, moved(inputs, i, direction, k * STEP), upstream);
                at[k + 2] = value[0];
                size = Math.max(size, value[1]);
            }
            double numeric = (8 * (at[3] - at[1]) - (at[4] - at[0])) / (12 * STEP);
            double along = 0;
            double norm = 0;
            for (int k = 0; k < direction.length; k++) {
                along += gradients.get(i)[k] * (double) direction[k];
                norm += gradients.get(i)[k] * (double) gradients.get(i)[k];
            }
            double allowed = RELATIVE * Math.sqrt(norm) + 10 * FLOAT_ROUNDING * size / STEP;
            double gap = Math.abs(along - numeric);
            assertTrue(
                    gap <= allowed,
                    "gradient by input " + i + " of shape " + inputs.get(i).shape() + ": along the direction " + along
                            + ", finite difference " + numeric + ", " + gap + " apart, allowed " + allowed);
        }
    }

    private static float[] upstream(Function<List<Tensor>, Tensor> f, List<Input> inputs, SplittableRandom random) {
        try (Scope scope = Scope.open()) {
            return uniform(random, (int) f.apply(tensors(inputs)).size());
        }
    }

    private static List<float[]> gradients(Function<List<Tensor>, Tensor> f, List<Input> inputs, float[] upstream) {
        try (Scope scope = Scope.open();
                Tape tape = Tape.record()) {
            List<Tensor> tensors = tensors(inputs);
            tensors.forEach(tape::watch);
            Tensor y = f.apply(tensors);
            Tensor weights = Tensor.of(upstream, y.shape().dims());
            try (Gradients g = tape.backward(Reductions.sum(Elementwise.mul(y, weights)))) {
                List<float[]> found = new ArrayList<>();
                for (Tensor t : tensors) {
                    Tensor d = g.of(t);
                    assertTrue(d != null, () -> "no gradient by the input of shape " + t.shape());
                    assertEquals(t.shape(), d.shape());
                    found.add(d.toFloats());
                }
                return found;
            }
        }
    }

    /** Σ output · upstream, and the sum of its terms' magnitudes. */
    private static double[] loss(Function<List<Tensor>, Tensor> f, List<Input> inputs, float[] upstream) {
        try (Scope scope = Scope.open()) {
            float[] y = f.apply(tensors(inputs)).toFloats();
            double sum = 0;
            double size = 0;
            for (int i = 0; i < y.length; i++) {
                sum += (double) y[i] * upstream[i];
                size += Math.abs((double) y[i] * upstream[i]);
            }
            return new double[] {sum, size};
        }
    }

    private static List<Tensor> tensors(List<Input> inputs) {
        return inputs.stream().map(x -> Tensor.of(x.values(), x.shape().dims())).toList();
    }

    private static List<Input> moved(List<Input> inputs, int which, float[] direction, double by) {
        List<Input> out = new ArrayList<>(inputs);
        float[] v = inputs.get(which).values().clone();
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (v[i] + by * direction[i]);
        }
        out.set(which, new Input(v, inputs.get(which).shape()));
        return out;
    }

    static float[] uniform(SplittableRandom random, int n) {
        float[] v = new float[n];
        for (int i = 0; i < n; i++) {
            v[i] = (float) (2 * random.nextDouble() - 1);
        }
        return v;
    }
}
