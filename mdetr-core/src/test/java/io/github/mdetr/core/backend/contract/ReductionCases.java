package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Reduce;
import java.util.Arrays;
import java.util.List;

/** Reductions over every set of axes, argmax, running sums and softmax. */
final class ReductionCases extends Cases {
    private static final int[][] SHAPES = {
        {1}, {3}, {207}, {3, 13}, {207, 3}, {1, 13}, {13, 3, 2}, {3, 1, 207}, {2, 3, 5, 13}, {3, 2, 3, 1, 13}
    };

    ReductionCases() {
        super(3);
        for (int[] s : SHAPES) {
            for (int set = 0; set < 1 << s.length; set++) {
                int[] out = s.clone();
                for (int i = 0; i < s.length; i++) {
                    out[i] = (set & 1 << i) != 0 ? 1 : s[i];
                }
                for (Reduce how : Reduce.values()) {
                    reduce(how, normal(s), out);
                }
            }
        }
        reduce(Reduce.SUM, normal(), new int[0]);
        reduce(Reduce.SUM, normal(0, 3), new int[] {1, 3});
        reduce(Reduce.SUM, normal(0, 3), new int[] {1, 1});
        reduce(Reduce.SUM, normal(0), new int[] {1});
        reduce(Reduce.MEAN, normal(0, 3), new int[] {0, 1});
        reduce(Reduce.MAX, normal(0, 3), new int[] {0, 1});
        float[] infinite = new float[6];
        Arrays.fill(infinite, Float.NEGATIVE_INFINITY);
        infinite[1] = -7;
        reduce(Reduce.MAX, Host.of(infinite, 2, 3), new int[] {2, 1});
        reduce(Reduce.MAX, Host.of(infinite, 2, 3), new int[] {1, 3});
        for (int[] s : SHAPES) {
            for (int axis = 0; axis < s.length; axis++) {
                along(s, axis);
            }
        }
        along(new int[] {0, 13}, 1);
        infinities();
    }

    private void reduce(Reduce how, Host x0, int[] out) {
        add(
                "reduce",
                how.name(),
                List.of(x0),
                List.of(Host.uninitialized(out)),
                (b, x, y) -> b.reduce(how, x[0], y[0]));
    }

    private void along(int[] s, int axis) {
        String name = "along " + axis;
        int[] line = s.clone();
        line[axis] = 1;
        for (Host x0 : List.of(normal(s), ties(s))) {
            exact("argmax", name, List.of(x0), List.of(integers(line)), (b, x, y) -> b.argmax(x[0], axis, y[0]));
        }
        for (boolean flag : new boolean[] {false, true}) {
            add(
                    "cumulativeSum",
                    name + (flag ? " from the end" : ""),
                    List.of(normal(s)),
                    List.of(Host.uninitialized(s)),
                    (b, x, y) -> b.cumulativeSum(x[0], axis, flag, y[0]));
            softmax(name, normal(s), axis, flag);
            add(
                    "softmaxGrad",
                    name + (flag ? " log" : ""),
                    List.of(normal(s), normal(s)),
                    List.of(Host.uninitialized(s), Host.uninitialized(s)),
                    (b, x, y) -> {
                        b.softmax(x[0], axis, flag, y[0]);
                        b.softmaxGrad(y[0], x[1], axis, flag, y[1]);
                    });
        }
    }

    private void softmax(String name, Host x0, int axis, boolean log) {
        add(
                "softmax",
                name + (log ? " log" : ""),
                List.of(x0),
                List.of(Host.uninitialized(x0.shape().dims())),
                (b, x, y) -> b.softmax(x[0], axis, log, y[0]));
    }

    /** Masked lines: −∞ gives 0 (−∞ in the logarithm), a line of −∞ alone NaN; large values do not overflow. */
    private void infinities() {
        for (boolean log : new boolean[] {false, true}) {
            for (int n : new int[] {3, 13, 207}) {
                float[] v = normal(3, n).floats();
                for (int i = 0; i < n; i++) {
                    v[i] = i % 2 == 0 ? Float.NEGATIVE_INFINITY : v[i];
                    v[n + i] = Float.NEGATIVE_INFINITY;
                }
                softmax("with −∞", Host.of(v, 3, n), 1, log);
                softmax("with −∞", Host.of(v, 3, n, 1), 1, log);
                softmax("with −∞", Host.of(v, 1, 3 * n), 0, log);
                float[] big = normal(n).floats();
                for (int i = 0; i < n; i++) {
                    big[i] *= 1000;
                }
                softmax("of large values", Host.of(big, n), 0, log);
            }
        }
    }
}
