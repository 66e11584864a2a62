package io.github.mdetr.core.backend.contract;

import java.util.List;

/** Layer, group and batch normalization and their gradients. */
final class NormCases extends Cases {
    private static final float EPS = 1e-5f;

    NormCases() {
        super(5);
        for (int n : new int[] {0, 1, 3, 13, 207}) {
            for (int d : new int[] {1, 3, 13, 64, 207}) {
                layerNorm(n, d);
            }
        }
        for (int[] c : new int[][] {
            {1, 1, 1, 1, 1},
            {1, 3, 13, 3, 1},
            {2, 3, 13, 3, 3},
            {3, 1, 1, 12, 3},
            {1, 13, 3, 13, 13},
            {2, 5, 3, 207, 9},
            {2, 7, 5, 64, 8}
        }) {
            groupNorm(c[0], c[1], c[2], c[3], c[4]);
        }
        for (int[] c : new int[][] {{1, 1, 13, 1}, {3, 13, 1, 3}, {2, 7, 5, 13}, {13, 3, 3, 207}, {2, 20, 16, 64}}) {
            batchNorm(c[0], c[1], c[2], c[3]);
        }
    }

    private void batchNorm(int batch, int height, int width, int channels) {
        int[] s = {batch, height, width, channels};
        List<Host> in = List.of(shifted(s), normal(channels), normal(channels), normal(s));
        Host out = Host.uninitialized(s);
        Host statistics = Host.uninitialized(2, channels);
        Host vector = Host.uninitialized(channels);
        add("batchNorm", "", in, List.of(out, statistics), (b, x, y) -> b.batchNorm(x[0], x[1], x[2], EPS, y[0], y[1]));
        add("batchNormGrad", "", in, List.of(out, statistics, out, vector, vector), (b, x, y) -> {
            b.batchNorm(x[0], x[1], x[2], EPS, y[0], y[1]);
            b.batchNormGrad(x[0], x[1], y[1], EPS, x[3], y[2], y[3], y[4]);
        });
    }

    /** Values around 3, so that a variance from the plain sum of squares would show. */
    private Host shifted(int... dims) {
        Host h = normal(dims);
        for (int i = 0; i < h.floats().length; i++) {
            h.floats()[i] += 3;
        }
        return h;
    }

    private void layerNorm(int n, int d) {
        Host x0 = shifted(n, d);
        Host residual = normal(n, d);
        Host gamma = normal(d);
        Host beta = normal(d);
        Host out = Host.uninitialized(n, d);
        Host sum = Host.uninitialized(n, d);
        Host statistics = Host.uninitialized(2, n);
        List<Host> three = List.of(x0, gamma, beta);
        List<Host> four = List.of(x0, gamma, beta, residual);
        add(
                "layerNorm",
                "",
                three,
                List.of(out),
                (b, x, y) -> b.layerNorm(x[0], null, x[1], x[2], EPS, y[0], null, null));
        add(
                "layerNorm",
                "with residual",
                four,
                List.of(out),
                (b, x, y) -> b.layerNorm(x[0], x[3], x[1], x[2], EPS, y[0], null, null));
        if (d > 1) { // one value alone has no spread: 1/√eps, and every rounding counts
            add(
                    "layerNorm",
                    "keeping statistics",
                    three,
                    List.of(out, statistics),
                    (b, x, y) -> b.layerNorm(x[0], null, x[1], x[2], EPS, y[0], null, y[1]));
            add(
                    "layerNorm",
                    "with residual, keeping all",
                    four,
                    List.of(out, sum, statistics),
                    (b, x, y) -> b.layerNorm(x[0], x[3], x[1], x[2], EPS, y[0], y[1], y[2]));
            List<Host> grads = List.of(out, statistics, sum, Host.uninitialized(d), Host.uninitialized(d));
            add(
                    "layerNormGrad",
                    "",
                    List.of(x0, gamma, beta, normal(n, d)),
                    grads,
                    (b, x, y) -> {
                        b.layerNorm(x[0], null, x[1], x[2], EPS, y[0], null, y[1]);
                        b.layerNormGrad(x[0], x[1], y[1], EPS, x[3], y[2], y[3], y[4]);
                    },
                    d < 13 ? 10 * ROUNDING : ROUNDING,
                    0); // few values may lie close together, far from 0
        }
    }

    private void groupNorm(int batch, int height, int width, int channels, int groups) {
        int[] s = {batch, height, width, channels};
        List<Host> in = List.of(shifted(s), normal(channels), normal(channels), normal(s));
        Host out = Host.uninitialized(s);
        Host statistics = Host.uninitialized(2, batch, groups);
        String name = groups + " groups";
        boolean spread = height * width * channels / groups > 1;
        add("groupNorm", name, in, spread ? List.of(out, statistics) : List.of(out), (b, x, y) -> {
            try (var scope = io.github.mdetr.core.tensor.Scope.open()) {
                var kept = spread ? y[1] : io.github.mdetr.core.tensor.Tensor.zeros(2, batch, groups);
                b.groupNorm(x[0], groups, x[1], x[2], EPS, y[0], kept);
            }
        });
        if (spread) {
            List<Host> grads = List.of(
                    out, statistics, Host.uninitialized(s), Host.uninitialized(channels), Host.uninitialized(channels));
            add("groupNormGrad", name, in, grads, (b, x, y) -> {
                b.groupNorm(x[0], groups, x[1], x[2], EPS, y[0], y[1]);
                b.groupNormGrad(x[0], groups, x[1], y[1], x[3], y[2], y[3], y[4]);
            });
        }
    }
}
