package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** How each operation of the fixtures is said with ours; one that we do not have is composed of those we have. */
final class FixtureAdapters {
    private static final Map<String, Function<FixtureCall, List<Tensor>>> BY_OP = new LinkedHashMap<>();

    private FixtureAdapters() {}

    static Set<String> ops() {
        return BY_OP.keySet();
    }

    static Function<FixtureCall, List<Tensor>> of(String op) {
        Function<FixtureCall, List<Tensor>> adapter = BY_OP.get(op);
        if (adapter == null) {
            throw new IllegalStateException("fixture operation '" + op + "' has no adapter: add it here");
        }
        return adapter;
    }

    private static void on(String op, Function<FixtureCall, Tensor> adapter) {
        BY_OP.put(op, c -> List.of(adapter.apply(c)));
    }

    static {
        for (String op : List.of("add", "sub", "mul", "div", "minimum", "maximum")) {
            on(op, c -> c.call("Elementwise." + op, c.in("a"), c.in("b")));
        }
        for (String op :
                List.of("neg", "square", "sqrt", "exp", "log", "abs", "relu", "gelu", "silu", "sigmoid", "tanh")) {
            on(op, c -> c.call("Elementwise." + op, c.in("x")));
        }
        on("rsqrt", c -> c.call("Elementwise.div", c.own(Tensor.scalar(1)), c.call("Elementwise.sqrt", c.in("x"))));
        on("scale", c -> c.call("Elementwise.scale", c.in("x"), c.number("value")));
        on("addScalar", c -> c.call("Elementwise.shift", c.in("x"), c.number("value")));
        on(
                "clamp",
                c -> c.call(
                        "Elementwise.clamp",
                        c.in("x"),
                        c.has("min") ? c.number("min") : Float.NEGATIVE_INFINITY,
                        c.has("max") ? c.number("max") : Float.POSITIVE_INFINITY));
        on("where", c -> c.call("Elementwise.where", c.in("condition"), c.in("a"), c.in("b")));
        on("maskedFill", c -> c.call("Elementwise.maskedFill", c.in("x"), c.in("mask"), c.number("value")));
        on("bceWithLogits", c -> c.call("Elementwise.binaryCrossEntropyWithLogits", c.in("logits"), c.in("targets")));
        on("dropout", c -> c.call("Dropout.dropout", c.in("x"), c.number("p"), drawing(c.value("mask"))));
        reductions();
        products();
        normalizations();
        images();
        shapes();
        indices();
    }

    /** Draws what keeps the elements that {@code mask} keeps. */
    private static RandomGenerator drawing(OpFixtures.Value mask) {
        int[] next = {0};
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return mask.booleans()[next[0]++] ? 0.999 : 0;
            }
        };
    }

    private static void reductions() {
        on("softmax", c -> c.call("Reductions.softmax", c.in("x"), c.integer("axis")));
        on("logSoftmax", c -> c.call("Reductions.logSoftmax", c.in("x"), c.integer("axis")));
        on("cumsum", c -> c.call("Reductions.cumulativeSum", c.in("x"), c.integer("axis")));
        on("logSumExp", c -> c.call("Reductions.logSumExp", c.in("x"), c.integer("axis"), c.flag("keepDims")));
        on("sum", c -> reduced(c, "Reductions.sum"));
        on("mean", c -> reduced(c, "Reductions.mean"));
        BY_OP.put("max", c -> {
            int axis = c.integer("axis");
            Tensor values = c.call("Reductions.max", c.in("x"), axis, c.flag("keepDims"));
            Tensor indices = c.call("Reductions.argmax", c.in("x"), axis);
            return List.of(values, c.own(indices.view(values.shape())));
        });
    }

    private static Tensor reduced(FixtureCall c, String operation) {
        int[] axes = c.axes("axes");
        return axes.length == c.in("x").shape().rank() && !c.flag("keepDims")
                ? c.call(operation, c.in("x"))
                : c.call(operation, c.in("x"), c.flag("keepDims"), axes);
    }

    private static void products() {
        on("matmul", c -> {
            int rank = Math.max(c.in("a").shape().rank(), c.in("b").shape().rank());
            Tensor a = ranked(c, c.in("a"), rank);
            Tensor b = ranked(c, c.in("b"), rank);
            return c.flag("transposeA") || c.flag("transposeB")
                    ? c.call("Products.matmul", a, c.flag("transposeA"), b, c.flag("transposeB"))
                    : c.call("Products.matmul", a, b);
        });
        on("linear", c -> {
            Tensor b = c.optional("b");
            return c.activation().function() == null
                    ? c.call("Products.linear", c.in("x"), c.in("w"), b)
                    : c.call("Products.linear", c.in("x"), c.in("w"), b, c.activation());
        });
        on("attention", c -> {
            Tensor q = c.in("q");
            int heads = c.integer("heads");
            assertEquals(1 / Math.sqrt(q.dim(2) / (double) heads), c.number("scale"), 1e-6, "the scale is ours");
            return c.call("Products.attention", q, c.in("k"), c.in("v"), c.optional("keyPaddingMask"), heads);
        });
    }

    /** x with leading axes of extent 1: our product wants equal ranks. */
    private static Tensor ranked(FixtureCall c, Tensor x, int rank) {
        if (x.shape().rank() == rank) {
            return x;
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 1);
        int lead = rank - x.shape().rank();
        System.arraycopy(x.shape().dims(), 0, dims, lead, rank - lead);
        return c.call("Shapes.reshape", x, dims);
    }

    private static void normalizations() {
        on("layerNorm", c -> {
            Tensor residual = c.optional("residual");
            return residual == null
                    ? c.call("Normalizations.layerNorm", c.in("x"), c.in("gamma"), c.in("beta"), c.number("eps"))
                    : c.call(
                            "Normalizations.layerNorm",
                            c.in("x"),
                            residual,
                            c.in("gamma"),
                            c.in("beta"),
                            c.number("eps"));
        });
        on(
                "groupNorm",
                c -> c.call(
                        "Normalizations.groupNorm",
                        c.in("x"),
                        c.integer("groups"),
                        c.in("gamma"),
                        c.in("beta"),
                        c.number("eps")));
        BY_OP.put("batchNorm", c -> {
            Tensor y = c.call(
                    "Normalizations.batchNorm",
                    c.in("x"),
                    c.in("gamma"),
                    c.in("beta"),
                    c.in("mean"),
                    c.in("var"),
                    c.number("momentum"),
                    c.number("eps"));
            return c.gives("out") ? List.of(y) : List.of(c.in("mean"), c.in("var"));
        });
        on("frozenBatchNorm", c -> {
            Tensor deviation = c.call("Elementwise.sqrt", c.call("Elementwise.shift", c.in("var"), c.number("eps")));
            Tensor scale = c.call("Elementwise.div", c.in("weight"), deviation);
            Tensor shift = c.call("Elementwise.sub", c.in("bias"), c.call("Elementwise.mul", c.in("mean"), scale));
            return c.call("Elementwise.add", c.call("Elementwise.mul", c.in("x"), scale), shift);
        });
        on("l2Normalize", c -> {
            assertEquals(-1, c.integer("axis"));
            assertEquals(1e-12f, c.number("eps"));
            return c.call("Normalizations.l2Normalize", c.in("x"));
        });
    }

    private static void images() {
        on("conv2d", c -> convolution(c, c.in("w"), c.optional("b")));
        on("conv2dFrozenNorm", c -> {
            Tensor scale = c.call("Shapes.reshape", c.in("scale"), new int[] {-1, 1, 1, 1});
            return convolution(c, c.call("Elementwise.mul", c.in("w"), scale), c.in("shift"));
        });
        on("conv2dThenDepthwise", c -> {
            Tensor w = c.in("w");
            Tensor depthwise = c.in("depthwise");
            Filter first = new Filter(w, c.optional("b"), c.windowOf("first", w.dim(2), w.dim(3)));
            Filter second = new Filter(depthwise, c.optional("shift"), c.window(depthwise.dim(2), depthwise.dim(3)));
            return c.call("Images.conv2dThenDepthwise", c.in("x"), first, second, c.activation());
        });
        on("gatedConv2d", c -> {
            Tensor residual = c.optional("residual");
            if (residual == null) {
                return c.call("Images.gatedConv2d", c.in("x"), c.in("gate"), c.in("w"), c.optional("b"));
            }
            Tensor own = c.call("Elementwise.scale", residual, 1f);
            return c.call("Images.gatedConv2dInto", own, c.in("x"), c.in("gate"), c.in("w"), c.optional("b"));
        });
        on("maxPool2d", c -> {
            int[] kernel = c.integers("kernel");
            assertEquals(kernel[0], kernel[1]);
            return c.call("Images.maxPool2d", c.in("x"), kernel[0], c.window(kernel));
        });
        on("upsampleNearest", c -> resized(c, "Images.resizeNearest"));
        on("upsampleBilinear", c -> resized(c, "Images.resizeBilinear"));
        on("globalAvgPool", c -> c.call("Reductions.mean", c.in("x"), false, new int[] {1, 2}));
    }

    private static Tensor convolution(FixtureCall c, Tensor w, Tensor bias) {
        var window = c.window(w.dim(2), w.dim(3));
        Tensor residual = c.optional("residual");
        if (residual != null && w.dim(0) % 2 == 1) { // half of the cases by the operation that takes the residual over
            Tensor own = c.call("Elementwise.scale", residual, 1f);
            return c.call("Images.conv2dInto", own, c.in("x"), w, bias, window, c.activation());
        }
        return residual == null && c.activation().function() == null
                ? c.call("Images.conv2d", c.in("x"), w, bias, window)
                : c.call("Images.conv2d", c.in("x"), w, bias, residual, window, c.activation());
    }

    private static Tensor resized(FixtureCall c, String operation) {
        int[] size = c.integers("size");
        return c.call(operation, c.in("x"), size[0], size[1]);
    }

    private static void shapes() {
        on("concat", c -> c.call("Shapes.concat", c.all(), c.integer("axis")));
        on("stack", c -> c.call("Shapes.stack", c.all(), c.integer("axis")));
        on("slice", c -> c.call("Shapes.slice", c.in("x"), c.integer("axis"), c.integer("from"), c.integer("to")));
        BY_OP.put("split", c -> {
            List<Tensor> parts = new ArrayList<>();
            int at = 0;
            for (int size : c.integers("sizes")) {
                parts.add(c.call("Shapes.slice", c.in("x"), c.integer("axis"), at, at + size));
                at += size;
            }
            return parts;
        });
        on("permute", c -> c.call("Shapes.permute", c.in("x"), c.axes("axes")));
        on("transpose", c -> c.call("Shapes.transpose", c.in("x"), c.integer("axis0"), c.integer("axis1")));
        on("toFloat32", c -> c.call("Shapes.toFloat32", c.in("x")));
        on("reshape", c -> c.call("Shapes.reshape", c.in("x"), c.integers("shape")));
        on("broadcastTo", c -> c.call("Shapes.broadcastTo", c.in("x"), Shape.of(c.integers("shape"))));
    }

    private static void indices() {
        on("embedding", c -> c.call("Indexing.gatherRows", c.in("table"), c.in("ids")));
        on("indexSelect", c -> {
            int axis = c.integer("axis");
            Tensor first = axis == 0 ? c.in("x") : c.call("Shapes.transpose", c.in("x"), 0, axis);
            Tensor rows = c.call("Indexing.gatherRows", first, c.in("indices"));
            return axis == 0 ? rows : c.call("Shapes.transpose", rows, 0, axis);
        });
        on("gather", c -> {
            OpFixtures.Value indices = c.value("indices");
            int from = c.in("x").dim(-1);
            int to = indices.shape().dim(-1);
            int[] flat = IntStream.range(0, indices.ints().length)
                    .map(i -> i / to * from + indices.ints()[i])
                    .toArray();
            Tensor line = c.call("Shapes.reshape", c.in("x"), new int[] {-1});
            return c.call("Indexing.gatherRows", line, c.own(Tensor.of(flat, indices.shape())));
        });
        on("oneHot", c -> {
            int depth = c.integer("depth");
            float[] identity = new float[depth * depth];
            for (int i = 0; i < depth; i++) {
                identity[i * depth + i] = 1;
            }
            return c.call("Indexing.gatherRows", c.own(Tensor.of(identity, depth, depth)), c.in("ids"));
        });
    }
}
