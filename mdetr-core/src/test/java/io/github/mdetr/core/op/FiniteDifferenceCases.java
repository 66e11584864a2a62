package io.github.mdetr.core.op;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.FiniteDifference.Input;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** Every operation at awkward shapes, on inputs that keep away from kinks. */
final class FiniteDifferenceCases {

    /** An operation at given shapes. */
    record Case(String name, List<Input> inputs, BiFunction<Operations, List<Tensor>, Tensor> f) {}

    /** How input values are drawn. */
    private enum Values {
        /** In [−1.5, 1.5]. */
        ANY,
        /** In [0.5, 2]. */
        POSITIVE,
        /** Magnitude in [0.4, 1.6], either sign. */
        NOT_ZERO,
        /** All different: multiples of 0.6 in random order. */
        APART,
        /** Multiples of 0.6 plus 0.3: never near those of {@link #APART}. */
        BETWEEN,
        /** ±30 in turn: drives a rectifier far to one side. */
        FAR
    }

    private static final int[][] SHAPES = {{}, {1}, {13}, {3, 13}, {1, 3, 13}, {13, 1, 3}};

    private final List<Case> cases = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(20);

    private FiniteDifferenceCases() {}

    static List<Case> all() {
        FiniteDifferenceCases c = new FiniteDifferenceCases();
        c.elementwise();
        c.reductions();
        c.products();
        c.normalizations();
        c.images();
        c.shapes();
        return c.cases;
    }

    private void add(String name, List<Input> inputs, BiFunction<Operations, List<Tensor>, Tensor> f) {
        String shapes = String.join(
                "",
                inputs.stream()
                        .map(i -> i.shape().toString().replace(", ", "×"))
                        .toList());
        cases.add(new Case(name + " " + shapes, inputs, f));
    }

    private Input in(Values kind, int... dims) {
        Shape shape = Shape.of(dims);
        float[] v = FiniteDifference.uniform(random, (int) shape.size());
        int[] order = random.ints().limit(0).toArray();
        if (kind == Values.APART || kind == Values.BETWEEN) {
            order = shuffled(v.length);
        }
        for (int i = 0; i < v.length; i++) {
            v[i] = switch (kind) {
                case ANY -> 1.5f * v[i];
                case POSITIVE -> 1.25f + 0.75f * v[i];
                case NOT_ZERO -> v[i] + Math.signum(v[i]) * 0.4f + (v[i] == 0 ? 1 : 0);
                case APART -> 0.6f * (order[i] - v.length / 2);
                case BETWEEN -> 0.6f * (order[i] - v.length / 2) + 0.3f;
                case FAR -> i % 2 == 0 ? 30 : -30;
            };
        }
        return new Input(v, shape);
    }

    private int[] shuffled(int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int k = random.nextInt(i + 1);
            order[i] = order[k];
            order[k] = i;
        }
        return order;
    }

    private boolean[] mask(int n) {
        boolean[] m = new boolean[n];
        for (int i = 0; i < n; i++) {
            m[i] = random.nextBoolean();
        }
        return m;
    }

    private static int product(int... dims) {
        return (int) Shape.of(dims).size();
    }

    private void elementwise() {
        for (int[] s : SHAPES) {
            for (String f : List.of("neg", "exp", "square", "gelu", "silu", "sigmoid", "tanh")) {
                add(f, List.of(in(Values.ANY, s)), (o, x) -> o.call("Elementwise." + f, x.get(0)));
            }
            for (String f : List.of("abs", "relu")) {
                add(f, List.of(in(Values.NOT_ZERO, s)), (o, x) -> o.call("Elementwise." + f, x.get(0)));
            }
            for (String f : List.of("log", "sqrt")) {
                add(f, List.of(in(Values.POSITIVE, s)), (o, x) -> o.call("Elementwise." + f, x.get(0)));
            }
            add("scale", List.of(in(Values.ANY, s)), (o, x) -> o.call("Elementwise.scale", x.get(0), -1.7f));
            add("shift", List.of(in(Values.ANY, s)), (o, x) -> o.call("Elementwise.shift", x.get(0), 0.3f));
            add("clamp", List.of(in(Values.APART, s)), (o, x) -> o.call("Elementwise.clamp", x.get(0), -0.9f, 1.5f));
            float[] target = in(Values.POSITIVE, s).values();
            for (int i = 0; i < target.length; i++) {
                target[i] /= 2;
            }
            add(
                    "binaryCrossEntropyWithLogits",
                    List.of(in(Values.ANY, s)),
                    (o, x) -> o.call("Elementwise.binaryCrossEntropyWithLogits", x.get(0), Tensor.of(target, s)));
            boolean[] mask = mask(product(s));
            add(
                    "maskedFill",
                    List.of(in(Values.ANY, s)),
                    (o, x) -> o.call("Elementwise.maskedFill", x.get(0), Tensor.of(mask, Shape.of(s)), -2f));
            add(
                    "dropout",
                    List.of(in(Values.ANY, s)),
                    (o, x) -> o.call("Dropout.dropout", x.get(0), 0.4f, new SplittableRandom(3)));
        }
        int[][][] pairs = {{{1}, {1}}, {{3, 13}, {13}}, {{13, 1}, {3, 1, 13}}, {{}, {1, 13}}, {{13, 3}, {13, 3}}};
        for (int[][] p : pairs) {
            for (String f : List.of("add", "sub", "mul")) {
                two(f, in(Values.ANY, p[0]), in(Values.ANY, p[1]));
            }
            two("div", in(Values.ANY, p[0]), in(Values.NOT_ZERO, p[1]));
            two("minimum", in(Values.APART, p[0]), in(Values.BETWEEN, p[1]));
            two("maximum", in(Values.APART, p[0]), in(Values.BETWEEN, p[1]));
            boolean[] mask = mask(13);
            add(
                    "where",
                    List.of(in(Values.ANY, p[0]), in(Values.ANY, p[1])),
                    (o, x) -> o.call("Elementwise.where", condition(mask, p), x.get(0), x.get(1)));
        }
    }

    private static Tensor condition(boolean[] mask, int[][] pair) {
        Shape both = Shape.broadcast(Shape.of(pair[0]), Shape.of(pair[1]));
        return both.dim(-1) == 13 ? Tensor.of(mask, Shape.of(13)) : Tensor.of(new boolean[] {mask[0]}, Shape.of(1));
    }

    private void two(String f, Input a, Input b) {
        add(f, List.of(a, b), (o, x) -> o.call("Elementwise." + f, x.get(0), x.get(1)));
    }

    private void reductions() {
        for (int[] s : SHAPES) {
            add("sum of all", List.of(in(Values.ANY, s)), (o, x) -> o.call("Reductions.sum", x.get(0)));
            add("mean of all", List.of(in(Values.ANY, s)), (o, x) -> o.call("Reductions.mean", x.get(0)));
            for (int axis = 0; axis < s.length; axis++) {
                int a = axis;
                for (String f : List.of("softmax", "logSoftmax", "cumulativeSum")) {
                    add(
                            f + " along " + a,
                            List.of(in(Values.ANY, s)),
                            (o, x) -> o.call("Reductions." + f, x.get(0), a));
                }
                for (boolean keep : new boolean[] {true, false}) {
                    add(
                            "logSumExp along " + a,
                            List.of(in(Values.ANY, s)),
                            (o, x) -> o.call("Reductions.logSumExp", x.get(0), a, keep));
                    add(
                            "max along " + a,
                            List.of(in(Values.APART, s)),
                            (o, x) -> o.call("Reductions.max", x.get(0), a, keep));
                    for (String f : List.of("sum", "mean")) {
                        int[] axes = a == 0 ? new int[] {0} : new int[] {a, 0};
                        add(
                                f + " along " + a,
                                List.of(in(Values.ANY, s)),
                                (o, x) -> o.call("Reductions." + f, x.get(0), keep, axes));
                    }
                }
            }
        }
    }

    private void products() {
        for (int[] mkn : new int[][] {{1, 1, 1}, {3, 13, 1}, {13, 1, 3}, {3, 3, 13}}) {
            int m = mkn[0];
            int k = mkn[1];
            int n = mkn[2];
            add(
                    "matmul",
                    List.of(in(Values.ANY, m, k), in(Values.ANY, k, n)),
                    (o, x) -> o.call("Products.matmul", x.get(0), x.get(1)));
            for (int t = 0; t < 4; t++) {
                boolean ta = t % 2 == 1;
                boolean tb = t / 2 == 1;
                Input a = ta ? in(Values.ANY, 3, 1, k, m) : in(Values.ANY, 3, 1, m, k);
                Input b = tb ? in(Values.ANY, 1, 2, n, k) : in(Values.ANY, 1, 2, k, n);
                add(
                        "matmul " + ta + " " + tb,
                        List.of(a, b),
                        (o, x) -> o.call("Products.matmul", x.get(0), ta, x.get(1), tb));
            }
            Input x0 = in(Values.ANY, 2, m, k);
            Input w = in(Values.ANY, n, k);
            add(
                    "linear",
                    List.of(x0, w, in(Values.ANY, n)),
                    (o, x) -> o.call("Products.linear", x.get(0), x.get(1), x.get(2)));
            add("linear without bias", List.of(x0, w), (o, x) -> o.call("Products.linear", x.get(0), x.get(1), null));
            for (Activation f : Activation.values()) {
                Input bias = in(f == Activation.RELU ? Values.FAR : Values.ANY, n);
                add(
                        "linear " + f,
                        List.of(x0, w, bias),
                        (o, x) -> o.call("Products.linear", x.get(0), x.get(1), x.get(2), f));
            }
        }
        for (int[] c : new int[][] {{1, 1, 1, 1, 1}, {2, 3, 13, 3, 2}, {3, 13, 1, 1, 13}, {1, 1, 13, 13, 1}}) {
            List<Input> qkv = List.of(
                    in(Values.ANY, c[0], c[1], c[3] * c[4]),
                    in(Values.ANY, c[0], c[2], c[3] * c[4]),
                    in(Values.ANY, c[0], c[2], c[3] * c[4]));
            add("attention", qkv, (o, x) -> o.call("Products.attention", x.get(0), x.get(1), x.get(2), null, c[3]));
            boolean[] mask = mask(c[0] * c[2]);
            java.util.Arrays.fill(mask, 0, c[2], true); // the first image has no key left
            add(
                    "masked attention",
                    qkv,
                    (o, x) -> o.call(
                            "Products.attention",
                            x.get(0),
                            x.get(1),
                            x.get(2),
                            Tensor.of(mask, Shape.of(c[0], c[2])),
                            c[3]));
        }
    }

    private void normalizations() {
        for (int[] s : new int[][] {{1}, {13}, {3, 13}, {1, 3}, {3, 1}, {2, 13, 3}}) {
            int d = s[s.length - 1];
            List<Input> three = List.of(in(Values.ANY, s), in(Values.ANY, d), in(Values.ANY, d));
            add("layerNorm", three, (o, x) -> o.call("Normalizations.layerNorm", x.get(0), x.get(1), x.get(2), 0.5f));
            add(
                    "layerNorm with residual",
                    List.of(three.get(0), in(Values.ANY, s), three.get(1), three.get(2)),
                    (o, x) -> o.call("Normalizations.layerNorm", x.get(0), x.get(1), x.get(2), x.get(3), 0.5f));
            add(
                    "l2Normalize",
                    List.of(in(Values.NOT_ZERO, s)),
                    (o, x) -> o.call("Normalizations.l2Normalize", x.get(0)));
        }
        for (int[] c : new int[][] {{1, 1, 1, 1, 1}, {2, 3, 13, 3, 1}, {3, 1, 3, 13, 13}, {1, 3, 1, 12, 3}}) {
            add(
                    "groupNorm",
                    List.of(in(Values.ANY, c[0], c[1], c[2], c[3]), in(Values.ANY, c[3]), in(Values.ANY, c[3])),
                    (o, x) -> o.call("Normalizations.groupNorm", x.get(0), c[4], x.get(1), x.get(2), 0.5f));
        }
        for (int[] c : new int[][] {{2, 1, 1, 1}, {1, 3, 1, 13}, {3, 2, 5, 3}}) {
            add("batchNorm", List.of(in(Values.ANY, c), in(Values.ANY, c[3]), in(Values.ANY, c[3])), (o, x) -> {
                try (Tensor mean = Tensor.zeros(c[3]);
                        Tensor variance = Tensor.full(1, c[3])) {
                    return o.call("Normalizations.batchNorm", x.get(0), x.get(1), x.get(2), mean, variance, 0.1f, 0.5f);
                }
            });
        }
    }

    private void images() {
        Window plain = Window.of(1, 1);
        Window[] windows = {
            plain,
            new Window(2, 1, 0, 1, 2, 0, 1, 1),
            plain.dilated(2),
            Window.of(2, 1).grouped(3)
        };
        for (Window w : windows) {
            Input image = in(Values.ANY, 1, 7, 13, 3);
            Input weight = in(Values.ANY, 6, 3 / w.groups(), 3, 3);
            int[] out = w.output(image.shape(), 3, 3, 6).dims();
            add(
                    "conv2d",
                    List.of(image, weight, in(Values.ANY, 6)),
                    (o, x) -> o.call("Images.conv2d", x.get(0), x.get(1), x.get(2), w));
            add(
                    "conv2d without bias",
                    List.of(image, weight),
                    (o, x) -> o.call("Images.conv2d", x.get(0), x.get(1), null, w));
            for (Activation f : Activation.values()) {
                Input bias = in(f == Activation.RELU ? Values.FAR : Values.ANY, 6);
                add(
                        "conv2d " + f,
                        List.of(image, weight, bias, in(Values.ANY, out)),
                        (o, x) -> o.call("Images.conv2d", x.get(0), x.get(1), x.get(2), x.get(3), w, f));
                add("conv2dInto " + f, List.of(image, weight, bias, in(Values.ANY, out)), (o, x) -> {
                    Tensor own = o.call("Elementwise.scale", x.get(3), 1f);
                    return o.call("Images.conv2dInto", own, x.get(0), x.get(1), x.get(2), w, f);
                });
            }
            if (w.groups() == 1) {
                add(
                        "maxPool2d",
                        List.of(in(Values.APART, 2, 5, 6, 3)),
                        (o, x) -> o.call("Images.maxPool2d", x.get(0), 3, w));
            }
        }
        add(
                "conv2d of one pixel",
                List.of(in(Values.ANY, 3, 1, 1, 13), in(Values.ANY, 1, 13, 1, 1), in(Values.ANY, 1)),
                (o, x) -> o.call("Images.conv2d", x.get(0), x.get(1), x.get(2), Window.of(1, 0)));
        for (int stride : new int[] {1, 2}) {
            Window depthwise = Window.of(stride, 1).grouped(6);
            add(
                    "conv2dThenDepthwise",
                    List.of(
                            in(Values.ANY, 2, 5, 4, 3),
                            in(Values.ANY, 6, 3, 1, 1),
                            in(Values.ANY, 6),
                            in(Values.ANY, 6, 1, 3, 3),
                            in(Values.ANY, 6)),
                    (o, x) -> o.call(
                            "Images.conv2dThenDepthwise",
                            x.get(0),
                            new Filter(x.get(1), x.get(2), Window.of(1, 0)),
                            new Filter(x.get(3), x.get(4), depthwise),
                            Activation.SILU));
        }
        List<Input> gated = List.of(
                in(Values.ANY, 2, 3, 4, 5),
                in(Values.POSITIVE, 2, 1, 1, 5),
                in(Values.ANY, 7, 5, 1, 1),
                in(Values.ANY, 7),
                in(Values.ANY, 2, 3, 4, 7));
        add(
                "gatedConv2d",
                gated.subList(0, 4),
                (o, x) -> o.call("Images.gatedConv2d", x.get(0), x.get(1), x.get(2), x.get(3)));
        add("gatedConv2dInto", gated, (o, x) -> {
            Tensor own = o.call("Elementwise.scale", x.get(4), 1f);
            return o.call("Images.gatedConv2dInto", own, x.get(0), x.get(1), x.get(2), x.get(3));
        });
        for (int[] size : new int[][] {{1, 1}, {3, 13}, {13, 3}, {6, 14}}) {
            for (String f : List.of("resizeNearest", "resizeBilinear")) {
                add(
                        f + " to " + size[0] + "×" + size[1],
                        List.of(in(Values.ANY, 2, 3, 7, 3)),
                        (o, x) -> o.call("Images." + f, x.get(0), size[0], size[1]));
            }
        }
    }

    private void shapes() {
        for (int[] s : new int[][] {{1, 1}, {3, 13}, {13, 1, 3}, {2, 3, 1, 13}}) {
            Input a = in(Values.ANY, s);
            int last = s.length - 1;
            int[] turned = new int[s.length];
            for (int i = 0; i < s.length; i++) {
                turned[i] = (i + 1) % s.length;
            }
            add("permute", List.of(a), (o, x) -> o.call("Shapes.permute", x.get(0), turned));
            add("transpose", List.of(a), (o, x) -> o.call("Shapes.transpose", x.get(0), 0, -1));
            add("toFloat32", List.of(a), (o, x) -> o.call("Shapes.toFloat32", x.get(0)));
            add("reshape", List.of(a), (o, x) -> o.call("Shapes.reshape", x.get(0), new int[] {1, -1}));
            int[] wide = s.clone();
            for (int i = 0; i < wide.length; i++) {
                wide[i] = wide[i] == 1 ? 3 : wide[i];
            }
            add("broadcastTo", List.of(a), (o, x) -> o.call("Shapes.broadcastTo", x.get(0), Shape.of(wide)));
            add("slice", List.of(a), (o, x) -> o.call("Shapes.slice", x.get(0), last, s[last] / 3, (s[last] + 1) / 2));
            add("stack", List.of(a, in(Values.ANY, s)), (o, x) -> o.call("Shapes.stack", x, -1));
            int[] other = s.clone();
            other[last] = 13;
            add(
                    "concat",
                    List.of(a, in(Values.ANY, other), in(Values.ANY, s)),
                    (o, x) -> o.call("Shapes.concat", x, -1));
            int[] ids = {0, s[0] - 1, s[0] / 2, 0, s[0] - 1, 0};
            add(
                    "gatherRows",
                    List.of(a),
                    (o, x) -> o.call("Indexing.gatherRows", x.get(0), Tensor.of(ids, Shape.of(2, 3))));
        }
    }
}
