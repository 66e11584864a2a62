package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import java.util.List;

/** Pooling and resizing. */
final class ImageCases extends Cases {

    ImageCases() {
        super(7);
        Window[] windows = {
            Window.of(2, 1),
            Window.of(1, 1),
            Window.of(3, 0),
            new Window(2, 1, 0, 1, 1, 0, 1, 1),
            Window.of(1, 1).dilated(2)
        };
        for (Window w : windows) {
            for (int[] s : new int[][] {{1, 5, 7, 1}, {2, 8, 6, 3}, {1, 13, 5, 13}, {1, 7, 9, 207}, {0, 5, 7, 3}}) {
                pooling(s, 3, w);
            }
        }
        pooling(new int[] {1, 1, 1, 3}, 3, Window.of(2, 1));
        pooling(new int[] {1, 1, 1, 1}, 1, Window.of(1, 0));
        pooling(new int[] {1, 8, 8, 3}, 2, Window.of(2, 0));
        int[][] sizes = {
            {1, 1, 1, 1},
            {3, 7, 6, 14},
            {3, 7, 3, 7},
            {13, 17, 7, 3},
            {7, 3, 3, 13},
            {1, 1, 3, 7},
            {13, 13, 1, 1},
            {5, 9, 8, 15}
        };
        for (int[] s : sizes) {
            for (int channels : new int[] {1, 3, 13, 207}) {
                for (Interpolation how : Interpolation.values()) {
                    resize(how, new int[] {2, s[0], s[1], channels}, new int[] {2, s[2], s[3], channels});
                }
            }
        }
        for (Interpolation how : Interpolation.values()) {
            resize(how, new int[] {0, 3, 7, 3}, new int[] {0, 5, 5, 3});
        }
    }

    private void pooling(int[] s, int kernel, Window w) {
        int[] out = w.output(Shape.of(s), kernel, kernel, s[3]).dims();
        String name = kernel + "×" + kernel + " " + w.toString().substring("Window".length());
        for (Host x0 : List.of(normal(s), ties(s), negative(s))) {
            exact(
                    "maxPool2d",
                    name,
                    List.of(x0),
                    List.of(Host.uninitialized(out)),
                    (b, x, y) -> b.maxPool2d(x[0], kernel, w, y[0]));
            add(
                    "maxPool2dGrad",
                    name,
                    List.of(x0, normal(out)),
                    List.of(Host.uninitialized(s)),
                    (b, x, y) -> b.maxPool2dGrad(x[0], x[1], kernel, w, y[0]));
        }
    }

    /** Below zero everywhere: padding must not win. */
    private Host negative(int... dims) {
        Host h = positive(dims);
        for (int i = 0; i < h.floats().length; i++) {
            h.floats()[i] = -h.floats()[i];
        }
        return h;
    }

    private void resize(Interpolation how, int[] from, int[] to) {
        double tolerance = how == Interpolation.NEAREST ? 0 : ROUNDING;
        add(
                "resize",
                how.name(),
                List.of(normal(from)),
                List.of(Host.uninitialized(to)),
                (b, x, y) -> b.resize(how, x[0], y[0]),
                tolerance,
                0);
        add(
                "resizeGrad",
                how.name(),
                List.of(normal(to)),
                List.of(Host.uninitialized(from)),
                (b, x, y) -> b.resizeGrad(how, x[0], y[0]));
    }
}
