package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.List;

/** Steps of optimizers. What they change in place is drawn as an input and copied to an output first. */
final class OptimizerCases extends Cases {
    private static final AdamWUpdate ADAMW =
            new AdamWUpdate(0.7f, 0.9999f, 0.1f, 0.999f, 0.001f, 0.03f, 0.2f, 1e-8f, 0.02f);

    /** One line and more, one block and more, and enough for several threads. */
    private static final int[] MORE = {0, 1024, 1025, 65_536 * 3 + 5};

    OptimizerCases() {
        super(8);
        for (int n : SIZES) {
            all(n);
        }
        for (int n : MORE) {
            all(n);
        }
    }

    private void all(int n) {
        Host w = normal(n);
        Host g = normal(n);
        Host m = normal(n);
        Host v = positive(n);
        Host average = normal(n);
        Host out = Host.uninitialized(n);
        add(
                "squaredNorm",
                "",
                List.of(w),
                List.of(Host.uninitialized(1)),
                (b, x, y) -> y[0].write(FloatBuffer.wrap(new float[] {(float) b.squaredNorm(x[0])})));
        add("approach", "", List.of(w, average), List.of(out), (b, x, y) -> {
            b.copy(x[1], y[0]);
            b.approach(x[0], 0.02f, y[0]);
        });
        add("adamW", "", List.of(g, w, m, v), List.of(out, out, out), (b, x, y) -> {
            copy(x, y);
            b.adamW(ADAMW, y[0], x[0], y[1], y[2], null);
        });
        add("adamW", "averaging", List.of(g, w, m, v, average), List.of(out, out, out, out), (b, x, y) -> {
            copy(x, y);
            b.adamW(ADAMW, y[0], x[0], y[1], y[2], y[3]);
        });
        add("sgd", "", List.of(g, w), List.of(out), (b, x, y) -> {
            copy(x, y);
            b.sgd(new SgdUpdate(0.7f, 1e-2f, 0, false, 0.1f, 0), y[0], x[0], null, null);
        });
        add("sgd", "averaging", List.of(g, w, average), List.of(out, out), (b, x, y) -> {
            copy(x, y);
            b.sgd(new SgdUpdate(0.7f, 1e-2f, 0, false, 0.1f, 0.02f), y[0], x[0], null, y[1]);
        });
        for (boolean nesterov : new boolean[] {false, true}) {
            add(
                    "sgd",
                    "momentum, nesterov " + nesterov,
                    List.of(g, w, m, average),
                    List.of(out, out, out),
                    (b, x, y) -> {
                        copy(x, y);
                        b.sgd(new SgdUpdate(0.7f, 1e-2f, 0.9f, nesterov, 0.1f, 0.02f), y[0], x[0], y[1], y[2]);
                    });
        }
    }

    /** All inputs but the gradient, which is the first, are changed. */
    private static void copy(Tensor[] in, Tensor[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i].write(FloatBuffer.wrap(in[i + 1].toFloats()));
        }
    }
}
