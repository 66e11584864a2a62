package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.Shape;
import java.util.List;

/** Functions of each element by itself. */
final class ElementwiseCases extends Cases {
    private static final float[] AWKWARD = {0, -0f, 1e-6f, -1e-6f, 1, -1, 5, -5, 30, -30, 80, -80};
    private static final float[] AWKWARD_POSITIVE = {0, 1e-30f, 1e-6f, 0.999f, 1, 1.001f, 2.718f, 80, 1e30f};

    /** Pairs of shapes, the first already of the result's shape where the result may be written over it. */
    private static final int[][][] PAIRS = {
        {{}, {}},
        {{1}, {1}},
        {{3}, {}},
        {{13}, {1}},
        {{207}, {207}},
        {{3, 13}, {13}},
        {{3, 13}, {3, 1}},
        {{207, 13}, {1, 13}},
        {{2, 3, 5, 13}, {3, 1, 13}},
        {{2, 3, 5, 13}, {2, 1, 1, 13}},
        {{2, 13, 3}, {1, 1, 1}},
        {{3, 2, 3, 1, 13}, {1, 2, 1, 1, 13}},
        {{0, 3}, {3}},
        {{0}, {}},
    };

    private static final int[][][] BOTH_REPEAT = {
        {{}, {13}},
        {{13}, {3, 13}},
        {{13, 1}, {1, 207}},
        {{3, 1, 13}, {5, 1}},
        {{1, 3, 1, 2}, {13, 1, 3, 1}},
        {{3}, {0, 3}},
    };

    ElementwiseCases() {
        super(2);
        unary();
        numbers();
        binary();
        where();
    }

    private Host input(Unary f, int... dims) {
        return f == Unary.LOG || f == Unary.SQRT ? positive(dims) : normal(dims);
    }

    private void unary() {
        for (Unary f : Unary.values()) {
            for (int[] s : new int[][] {{}, {1}, {3}, {13}, {207}, {0}, {3, 13}, {13, 3, 207}}) {
                unary(f, input(f, s));
                gradient(f, input(f, s));
            }
            boolean positive = f == Unary.LOG || f == Unary.SQRT;
            float[] awkward = positive ? AWKWARD_POSITIVE : AWKWARD;
            for (float v : awkward) {
                unary(f, Host.of(new float[] {v}, 1)); // one by one: the tolerance goes by the largest
            }
            for (float v : awkward) {
                if (!positive || v > 1e-10) {
                    gradient(f, Host.of(new float[] {v}, 1));
                }
            }
        }
        exact(
                "unary",
                "EXP of −∞",
                List.of(Host.of(new float[] {Float.NEGATIVE_INFINITY, 0}, 2)),
                List.of(Host.uninitialized(2)),
                (b, x, y) -> b.unary(Unary.EXP, x[0], y[0]));
    }

    private void unary(Unary f, Host x0) {
        int[] s = x0.shape().dims();
        double floor = floor(f, x0);
        add(
                "unary",
                f.name(),
                List.of(x0),
                List.of(Host.uninitialized(s)),
                (b, x, y) -> b.unary(f, x[0], y[0]),
                ROUNDING,
                floor);
        add("unary", f + " in place", List.of(), List.of(x0), (b, x, y) -> b.unary(f, y[0], y[0]), ROUNDING, floor);
    }

    private void gradient(Unary f, Host x0) {
        int[] s = x0.shape().dims();
        add(
                "unaryGrad",
                f.name(),
                List.of(x0, normal(s)),
                List.of(Host.uninitialized(s), Host.uninitialized(s)),
                (b, x, y) -> {
                    b.unary(f, x[0], y[0]);
                    b.unaryGrad(f, x[0], y[0], x[1], y[1]);
                },
                ROUNDING,
                floor(f, x0));
    }

    /**
     * What float32 itself is exact to: GELU's tail is ½·x·(1 + erf(x/√2)), where the sum cancels; a sigmoid's or tanh's
     * slope comes from its value near 1; and tanh of almost nothing is exact beside 1 only.
     */
    private static double floor(Unary f, Host x0) {
        double largest = 0;
        for (float v : x0.floats()) {
            largest = Math.max(largest, Math.abs(v));
        }
        return switch (f) {
            case GELU -> largest;
            case TANH, SIGMOID -> 0.1;
            default -> 0;
        };
    }

    private void numbers() {
        for (int n : new int[] {0, 1, 3, 13, 207}) {
            for (float[] c : new float[][] {{1, 0}, {-1.7f, 0}, {1, 2.5f}, {0.5f, -3}, {0, 1}}) {
                add(
                        "affine",
                        c[0] + "·x + " + c[1],
                        List.of(normal(n)),
                        List.of(Host.uninitialized(n)),
                        (b, x, y) -> b.affine(x[0], c[0], c[1], y[0]));
                add("affine", "in place", List.of(), List.of(normal(n)), (b, x, y) -> b.affine(y[0], c[0], c[1], y[0]));
            }
            for (float[] c : new float[][] {
                {-0.5f, 0.5f},
                {0, Float.POSITIVE_INFINITY},
                {Float.NEGATIVE_INFINITY, 0},
                {1e-12f, Float.MAX_VALUE},
                {0.999f, 1}
            }) {
                exact(
                        "clamp",
                        "to " + c[0] + ", " + c[1],
                        List.of(normal(n)),
                        List.of(Host.uninitialized(n)),
                        (b, x, y) -> b.clamp(x[0], c[0], c[1], y[0]));
                exact("clamp", "in place", List.of(), List.of(normal(n)), (b, x, y) -> b.clamp(y[0], c[0], c[1], y[0]));
            }
        }
        float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -1, 1};
        exact(
                "clamp",
                "NaN stays",
                List.of(Host.of(odd, 5)),
                List.of(Host.uninitialized(5)),
                (b, x, y) -> b.clamp(x[0], -0.5f, 0.5f, y[0]));
    }

    private void binary() {
        for (Binary f : Binary.values()) {
            for (int[][] p : PAIRS) {
                List<Host> two = two(f, p);
                pair(f, two);
                add(
                        "binary",
                        f + " in place",
                        two.subList(1, 2),
                        two.subList(0, 1),
                        (b, x, y) -> b.binary(f, y[0], x[0], y[0]));
                pair(
                        f,
                        List.of(
                                two(f, new int[][] {p[1], p[0]}).get(0),
                                two(f, new int[][] {p[0], p[0]}).get(1)));
            }
            for (int[][] p : BOTH_REPEAT) {
                pair(f, two(f, p));
            }
        }
    }

    private List<Host> two(Binary f, int[][] p) {
        boolean compares = f == Binary.GT || f == Binary.EQ || f == Binary.MIN || f == Binary.MAX;
        return compares
                ? List.of(ties(p[0]), ties(p[1]))
                : List.of(normal(p[0]), f == Binary.DIV ? positive(p[1]) : normal(p[1]));
    }

    private void pair(Binary f, List<Host> two) {
        int[] out = Shape.broadcast(two.get(0).shape(), two.get(1).shape()).dims();
        add("binary", f.name(), two, List.of(Host.uninitialized(out)), (b, x, y) -> b.binary(f, x[0], x[1], y[0]));
    }

    private void where() {
        int[][][] triples = {
            {{}, {}, {}},
            {{1}, {1}, {1}},
            {{13}, {13}, {13}},
            {{207}, {}, {207}},
            {{207}, {207}, {}},
            {{3, 13}, {}, {}},
            {{3, 1}, {3, 13}, {13}},
            {{1, 13}, {3, 1}, {}},
            {{2, 1, 1, 13}, {2, 3, 5, 13}, {1}},
            {{1, 3, 1, 2, 1}, {13, 1, 1, 1, 3}, {13, 3, 2, 2, 3}},
            {{0, 3}, {3}, {}},
        };
        for (int[][] t : triples) {
            int[] out = Shape.broadcast(Shape.of(t[0]), Shape.broadcast(Shape.of(t[1]), Shape.of(t[2])))
                    .dims();
            exact(
                    "where",
                    "",
                    List.of(mask(0.5, t[0]), normal(t[1]), normal(t[2])),
                    List.of(Host.uninitialized(out)),
                    (b, x, y) -> b.where(x[0], x[1], x[2], y[0]));
            Host infinite = Host.of(new float[] {Float.NEGATIVE_INFINITY});
            exact(
                    "where",
                    "with −∞",
                    List.of(mask(0.5, t[0]), infinite, normal(t[2])),
                    List.of(Host.uninitialized(
                            Shape.broadcast(Shape.of(t[0]), Shape.of(t[2])).dims())),
                    (b, x, y) -> b.where(x[0], x[1], x[2], y[0]));
        }
    }
}
