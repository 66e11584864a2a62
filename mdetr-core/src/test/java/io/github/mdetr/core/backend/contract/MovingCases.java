package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Filling, copying, permuting, slicing, placing, broadcasting, rows by index. */
final class MovingCases extends Cases {

    MovingCases() {
        super(1);
        filling();
        permuting();
        parts();
        broadcasting();
        rows();
    }

    private void filling() {
        for (int n : new int[] {0, 1, 3, 13, 207, 5000}) {
            for (float v : new float[] {0, 1, -1.5f, Float.NEGATIVE_INFINITY, Float.NaN}) {
                exact("fill", "with " + v, List.of(), List.of(normal(n)), (b, x, y) -> b.fill(y[0], v));
            }
            exact("fill", "with 7", List.of(), List.of(integers(n)), (b, x, y) -> b.fill(y[0], 7));
            exact("fill", "with true", List.of(), List.of(mask(0.5, n)), (b, x, y) -> b.fill(y[0], 1));
            exact("fill", "with false", List.of(), List.of(mask(0.5, n)), (b, x, y) -> b.fill(y[0], 0));
        }
        exact("fill", "a scalar", List.of(), List.of(normal()), (b, x, y) -> b.fill(y[0], 3));
        for (int n : new int[] {0, 1, 3, 13, 207}) {
            for (Host from : List.of(normal(n), ties(n), integers(n), mask(0.5, n))) {
                boolean fraction = from.dtype() == io.github.mdetr.core.tensor.DType.FLOAT32;
                for (Host to : List.of(normal(n), integers(n), mask(0.5, n))) {
                    exact("copy", "", List.of(fraction ? ties(n) : from), List.of(to), (b, x, y) -> b.copy(x[0], y[0]));
                }
            }
            exact("copy", "", List.of(normal(n)), List.of(Host.uninitialized(n)), (b, x, y) -> b.copy(x[0], y[0]));
        }
        exact(
                "copy",
                "cuts fractions off",
                List.of(Host.of(new float[] {0.5f, -0.5f, 1.999f, -1.999f, 7, -8, 1e6f + 0.75f}, 7)),
                List.of(Host.of(new int[7], 7)),
                (b, x, y) -> b.copy(x[0], y[0]));
        exact(
                "copy",
                "a fraction is true",
                List.of(Host.of(new float[] {0.5f, -0.5f, 0, -0f, 1e-30f}, 5)),
                List.of(Host.of(new boolean[5], 5)),
                (b, x, y) -> b.copy(x[0], y[0]));
        exact(
                "copy",
                "between shapes",
                List.of(normal(3, 13)),
                List.of(Host.uninitialized(13, 1, 3)),
                (b, x, y) -> b.copy(x[0], y[0]));
    }

    private void permuting() {
        int[][] shapes = {
            {1}, {13}, {3, 13}, {207, 3}, {0, 3}, {3, 1, 13}, {13, 207, 3}, {2, 3, 1, 13}, {3, 2, 13, 5, 1}
        };
        for (int[] s : shapes) {
            for (int[] axes : s.length <= 3 ? permutations(s.length) : sample(s.length)) {
                int[] to = new int[s.length];
                for (int k = 0; k < s.length; k++) {
                    to[k] = s[axes[k]];
                }
                exact(
                        "permute",
                        Arrays.toString(axes),
                        List.of(normal(s)),
                        List.of(Host.uninitialized(to)),
                        (b, x, y) -> b.permute(x[0], axes, y[0]));
            }
        }
    }

    private static List<int[]> permutations(int n) {
        List<int[]> out = new ArrayList<>();
        collect(new int[n], 0, 0, out);
        return out;
    }

    private static void collect(int[] chosen, int at, int used, List<int[]> out) {
        if (at == chosen.length) {
            out.add(chosen.clone());
            return;
        }
        for (int i = 0; i < chosen.length; i++) {
            if ((used & 1 << i) == 0) {
                chosen[at] = i;
                collect(chosen, at + 1, used | 1 << i, out);
            }
        }
    }

    private List<int[]> sample(int n) {
        List<int[]> all = permutations(n);
        List<int[]> some = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            some.add(all.get(random.nextInt(all.size())));
        }
        return some;
    }

    private void parts() {
        for (int[] s : new int[][] {{13}, {3, 13}, {13, 3, 5}, {207, 3}, {2, 3, 1, 13}, {2, 13, 3, 1, 3}}) {
            for (int axis = 0; axis < s.length; axis++) {
                for (int from : new int[] {0, s[axis] / 3}) {
                    for (int to : new int[] {from, from + 1, s[axis]}) {
                        part(s, axis, from, to);
                    }
                }
            }
        }
        part(new int[] {0, 13}, 1, 2, 5);
    }

    private void part(int[] whole, int axis, int from, int to) {
        int[] part = whole.clone();
        part[axis] = to - from;
        String name = "[" + from + ", " + to + ") along " + axis;
        List<Host> wholes = List.of(normal(whole), integers(whole), mask(0.5, whole));
        List<Host> parts = List.of(normal(part), integers(part), mask(0.5, part));
        for (int i = 0; i < wholes.size(); i++) {
            Host w = wholes.get(i);
            Host p = parts.get(i);
            exact("slice", name, List.of(w), List.of(p), (b, x, y) -> b.slice(x[0], axis, from, y[0]));
            exact("place", name, List.of(p), List.of(w), (b, x, y) -> b.place(x[0], axis, from, y[0]));
        }
    }

    private void broadcasting() {
        int[][][] pairs = {
            {{}, {1}},
            {{}, {3, 13}},
            {{1}, {207}},
            {{13}, {13}},
            {{13}, {3, 13}},
            {{3, 1}, {3, 13}},
            {{1, 13}, {207, 13}},
            {{3, 1, 13}, {2, 3, 5, 13}},
            {{1, 1, 1}, {3, 13, 2}},
            {{13, 1, 1}, {13, 3, 2}},
            {{2, 1, 3, 1, 13}, {2, 3, 3, 2, 13}},
            {{1, 3, 1, 2, 1}, {13, 3, 2, 2, 3}},
            {{1}, {0}},
            {{1, 3}, {0, 3}},
            {{207, 1}, {207, 5000}},
        };
        for (int[][] p : pairs) {
            List<Host> inputs = List.of(normal(p[0]), integers(p[0]), mask(0.5, p[0]));
            List<Host> outputs = List.of(Host.uninitialized(p[1]), integers(p[1]), mask(0.5, p[1]));
            for (int i = 0; i < inputs.size(); i++) {
                exact(
                        "broadcast",
                        "",
                        List.of(inputs.get(i)),
                        List.of(outputs.get(i)),
                        (b, x, y) -> b.broadcast(x[0], y[0]));
            }
        }
    }

    private void rows() {
        for (int rows : SIZES) {
            for (int width : SIZES) {
                for (int n : new int[] {0, 1, 13, 207}) {
                    Host ids = indices(rows, n);
                    exact(
                            "gatherRows",
                            "",
                            List.of(normal(rows, width), ids),
                            List.of(Host.uninitialized(n, width)),
                            (b, x, y) -> b.gatherRows(x[0], x[1], y[0]));
                    add(
                            "scatterAddRows",
                            "",
                            List.of(normal(n, width), ids),
                            List.of(normal(rows, width)),
                            (b, x, y) -> b.scatterAddRows(x[0], x[1], y[0]));
                }
            }
        }
        int[] forth = {2, 0, 2, 1, 2};
        exact(
                "gatherRows",
                "in order",
                List.of(normal(3, 13), new Host(Shape.of(5), forth)),
                List.of(Host.uninitialized(5, 13)),
                (b, x, y) -> b.gatherRows(x[0], x[1], y[0]));
    }
}
