package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Matrix products, linear maps with plain and packed weights, attention. */
final class ProductCases extends Cases {
    private static final Window ANY = Window.of(1, 0);

    ProductCases() {
        super(4);
        matmul();
        linear();
        attention();
    }

    private void matmul() {
        for (int m : SIZES) {
            for (int k : SIZES) {
                for (int n : SIZES) {
                    if (m * k * n < 1_000_000) {
                        for (int t = 0; t < 4; t++) {
                            matmul(new int[0], new int[0], m, k, n, t % 2 == 1, t / 2 == 1);
                        }
                    }
                }
            }
        }
        int[][][] leads = {
            {{3}, {3}}, {{3}, {1}}, {{1}, {13}}, {{2, 3}, {2, 3}}, {{2, 1}, {1, 3}}, {{2, 3}, {1, 1}}, {{0}, {1}}
        };
        for (int[][] lead : leads) {
            for (int t = 0; t < 4; t++) {
                matmul(lead[0], lead[1], 3, 13, 7, t % 2 == 1, t / 2 == 1);
                matmul(lead[0], lead[1], 1, 1, 13, t % 2 == 1, t / 2 == 1);
            }
        }
        matmul(new int[0], new int[0], 0, 13, 3, false, false);
    }

    private void matmul(int[] leadA, int[] leadB, int m, int k, int n, boolean ta, boolean tb) {
        int[] a = join(leadA, ta ? k : m, ta ? m : k);
        int[] b = join(leadB, tb ? n : k, tb ? k : n);
        int[] lead = Shape.broadcast(Shape.of(leadA), Shape.of(leadB)).dims();
        sums(
                "matmul",
                (ta ? "aᵀ" : "a") + (tb ? "·bᵀ" : "·b"),
                List.of(normal(a), normal(b)),
                List.of(Host.uninitialized(join(lead, m, n))),
                (backend, x, y) -> backend.matmul(x[0], ta, x[1], tb, y[0]));
    }

    private static int[] join(int[] lead, int rows, int columns) {
        int[] out = Arrays.copyOf(lead, lead.length + 2);
        out[lead.length] = rows;
        out[lead.length + 1] = columns;
        return out;
    }

    private void linear() {
        for (int n : new int[] {0, 1, 3, 13, 207}) {
            for (int in : SIZES) {
                for (int out : SIZES) {
                    for (Activation f : Activation.values()) {
                        linear(n, in, out, f, true, false);
                    }
                    linear(n, in, out, Activation.IDENTITY, false, false);
                    linear(n, in, out, Activation.GELU, true, true);
                    linear(n, in, out, Activation.IDENTITY, false, true);
                }
            }
        }
    }

    private void linear(int n, int in, int out, Activation f, boolean bias, boolean packed) {
        sums(
                "linear",
                f + (bias ? " with bias" : "") + (packed ? " packed" : ""),
                List.of(normal(n, in), normal(out, in), normal(out)),
                List.of(Host.uninitialized(n, out)),
                (b, x, y) -> {
                    Tensor w = packed ? b.pack(x[1], WeightUse.LINEAR, ANY, DType.FLOAT32) : x[1];
                    b.linear(x[0], w, bias ? x[2] : null, f, y[0]);
                    if (w != x[1]) {
                        w.close();
                    }
                });
        if (packed) {
            exact(
                    "pack",
                    "linear",
                    List.of(normal(out, in)),
                    List.of(Host.uninitialized(out, in)),
                    (b, x, y) -> there(
                            b,
                            x[0],
                            WeightUse.LINEAR,
                            ANY,
                            w -> b.linear(
                                    Tensor.zeros(n, in), w, null, Activation.IDENTITY, Tensor.empty(Shape.of(n, out))),
                            y[0]));
        }
    }

    /** Packs, uses and unpacks; both ways the result is the caller's, whatever scope is open. */
    static void there(Backend b, Tensor w, WeightUse use, Window window, Consumer<Tensor> used, Tensor out) {
        Tensor packed;
        try (Scope scope = Scope.open()) {
            packed = b.pack(w, use, window, DType.FLOAT32);
        }
        if (!packed.shape().equals(w.shape()) || packed.isClosed()) {
            throw new AssertionError("packed weight " + packed + (packed.isClosed() ? " is closed" : "")
                    + ", expected an open one of " + w.shape());
        }
        used.accept(packed);
        Tensor plain;
        try (Scope scope = Scope.open()) {
            plain = b.unpack(packed);
        }
        b.copy(plain, out);
        plain.close();
        if (packed != w) {
            packed.close();
        }
    }

    private void attention() {
        for (int batch : new int[] {1, 3}) {
            for (int queries : new int[] {1, 3, 13}) {
                for (int keys : new int[] {1, 13, 207}) {
                    for (int[] split : new int[][] {{1, 1}, {1, 13}, {3, 1}, {3, 4}, {2, 32}, {8, 32}}) {
                        attention(batch, queries, keys, split[0], split[1]);
                    }
                }
            }
        }
        attention(1, 207, 207, 2, 7);
        attention(1, 900, 700, 3, 8); // more scores than a cache holds: some rows at once
        attention(2, 300, 400, 7, 4); // some heads at once
    }

    private void attention(int batch, int queries, int keys, int heads, int width) {
        int d = heads * width;
        Host q = normal(batch, queries, d);
        Host k = normal(batch, keys, d);
        Host v = normal(batch, keys, d);
        Host out = Host.uninitialized(batch, queries, d);
        Host probabilities = Host.uninitialized(batch, heads, queries, keys);
        float scale = (float) (1 / Math.sqrt(width));
        String name = heads + " heads";
        boolean[] none = new boolean[batch * keys];
        boolean[] some = (boolean[]) mask(0.5, batch, keys).data();
        boolean[] all = some.clone();
        Arrays.fill(all, 0, keys, true); // the first of the batch has no key left
        boolean[] padded = new boolean[batch * keys];
        for (int i = 0; i < padded.length; i++) {
            padded[i] = i % keys > keys / 2;
        }
        sums(
                "attention",
                name,
                List.of(q, k, v),
                List.of(out),
                (b, x, y) -> b.attention(x[0], x[1], x[2], null, heads, scale, y[0], null));
        sums(
                "attention",
                name + " keeping probabilities",
                List.of(q, k, v),
                List.of(out, probabilities),
                (b, x, y) -> b.attention(x[0], x[1], x[2], null, heads, scale, y[0], y[1]));
        for (boolean[] m : List.of(none, some, all, padded)) {
            List<Host> in = List.of(q, k, v, Host.of(m, batch, keys));
            sums(
                    "attention",
                    name + " masked",
                    in,
                    List.of(out),
                    (b, x, y) -> b.attention(x[0], x[1], x[2], x[3], heads, scale, y[0], null));
            sums(
                    "attention",
                    name + " masked, keeping probabilities",
                    in,
                    List.of(out, probabilities),
                    (b, x, y) -> b.attention(x[0], x[1], x[2], x[3], heads, scale, y[0], y[1]));
        }
    }
}
