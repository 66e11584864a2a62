package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Interpolation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.OneMinus;

/** Pooling, tap by tap over all windows at once, and resizing, one axis after the other. */
final class ImageKernels {
    private final Nd4jBackend backend;

    ImageKernels(Nd4jBackend backend) {
        this.backend = backend;
    }

    void maxPool2d(Tensor x, int kernel, Window window, Tensor out) {
        Patches patches = Patches.of(backend, x, kernel, kernel, window, out.shape(), Double.NEGATIVE_INFINITY);
        maxima(patches, out);
    }

    private void maxima(Patches patches, Tensor out) {
        INDArray z = Views.of(out);
        INDArray taken = Views.of(backend.scratch(out.shape()));
        Ops.assign(patches.tap(0, 0), z);
        for (int k = 1; k < patches.kernelY() * patches.kernelX(); k++) {
            Ops.assign(patches.tap(k / patches.kernelX(), k % patches.kernelX()), taken);
            Ops.named("maximum", z, z, taken);
        }
    }

    void maxPool2dGrad(Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        Shape shape = g.shape();
        Patches patches = Patches.of(backend, x, kernel, kernel, window, shape, Double.NEGATIVE_INFINITY);
        Patches down = Patches.blank(backend, dx, kernel, kernel, window, shape);
        MovingKernels.fill(down.image(), 0);
        Tensor largest = backend.scratch(shape);
        maxima(patches, largest);
        Tensor free = backend.scratch(shape); // 1 where no tap has taken the gradient yet
        MovingKernels.fill(free, 1);
        INDArray open = Views.of(free);
        INDArray truth = Views.of(backend.scratch(DType.BOOL, shape));
        INDArray wins = Views.of(backend.scratch(shape));
        INDArray part = Views.of(backend.scratch(shape));
        for (int k = 0; k < kernel * kernel; k++) {
            Ops.assign(patches.tap(k / kernel, k % kernel), part);
            Ops.named("equals", truth, part, Views.of(largest));
            Ops.assign(truth, wins);
            Ops.mul(wins, open, wins);
            Ops.sub(open, wins, open);
            Ops.keep(wins, Views.of(g), part);
            Ops.addInto(down.tap(k / kernel, k % kernel), part, wins);
        }
        if (down.image() != dx) {
            Ops.assign(down.inside(dx.shape()), Views.of(dx));
        }
    }

    // ---- resizing ----

    /** Along one axis: result i takes {@code low[i]} with weight {@code 1 − share[i]} and {@code high[i]} with the rest. */
    private static final class Taps {
        final int[] low;
        final int[] high;
        final float[] share;

        Taps(Interpolation how, int in, int out) {
            low = new int[out];
            high = new int[out];
            share = new float[out];
            float scale = (float) in / out;
            for (int i = 0; i < out; i++) {
                if (how == Interpolation.NEAREST) {
                    low[i] = (int) ((long) i * in / out);
                    high[i] = low[i];
                } else {
                    float at = Math.max(0, (i + 0.5f) * scale - 0.5f);
                    low[i] = Math.min((int) at, in - 1);
                    high[i] = Math.min(low[i] + 1, in - 1);
                    share[i] = at - low[i];
                }
            }
        }
    }

    void resize(Interpolation how, Tensor x, Tensor out) {
        int b = x.dim(0);
        int w = x.dim(2);
        int c = x.dim(3);
        Tensor tall = backend.scratch(x.shape().with(1, out.dim(1)));
        along(how, x, b, x.dim(1), out.dim(1), w * c, tall);
        along(how, tall, b * out.dim(1), w, out.dim(2), c, out);
    }

    /** Resizes the middle axis of [lines, in, width] to [lines, out, width]. */
    private void along(Interpolation how, Tensor x, int lines, int in, int out, int width, Tensor to) {
        Tensor rows = x.view(Shape.of(lines * in, width));
        Taps taps = new Taps(how, in, out);
        IndexKernels.gatherRows(rows, ids(taps.low, lines, in), to.view(Shape.of(lines * out, width)));
        if (how == Interpolation.BILINEAR) {
            Tensor high = backend.scratch(Shape.of(lines * out, width));
            IndexKernels.gatherRows(rows, ids(taps.high, lines, in), high);
            Tensor share = floats(taps.share);
            INDArray z = Views.of(to, lines, out, width);
            INDArray other = Views.of(high, lines, out, width);
            Ops.mul(other, Views.of(share, 1, out, 1), other);
            Ops.run(new OneMinus(Views.flat(share), Views.flat(share)));
            Ops.mul(z, Views.of(share, 1, out, 1), z);
            Ops.add(z, other, z);
        }
    }

    void resizeGrad(Interpolation how, Tensor g, Tensor dx) {
        int b = g.dim(0);
        int w = g.dim(2);
        int c = g.dim(3);
        Tensor tall = backend.scratch(g.shape().with(2, dx.dim(2)));
        alongGrad(how, g, b * g.dim(1), dx.dim(2), w, c, tall);
        alongGrad(how, tall, b, dx.dim(1), g.dim(1), dx.dim(2) * c, dx);
    }

    private void alongGrad(Interpolation how, Tensor g, int lines, int in, int out, int width, Tensor dx) {
        Tensor to = dx.view(Shape.of(lines * in, width));
        Tensor rows = g.view(Shape.of(lines * out, width));
        Taps taps = new Taps(how, in, out);
        MovingKernels.fill(dx, 0);
        if (how == Interpolation.NEAREST) {
            IndexKernels.scatterAddRows(rows, ids(taps.low, lines, in), to);
            return;
        }
        Tensor share = floats(taps.share);
        Tensor part = backend.scratch(rows.shape());
        INDArray z = Views.of(part, lines, out, width);
        Ops.mul(Views.of(g, lines, out, width), Views.of(share, 1, out, 1), z);
        IndexKernels.scatterAddRows(part, ids(taps.high, lines, in), to);
        Ops.sub(Views.flat(g), Views.flat(part), Views.flat(part));
        IndexKernels.scatterAddRows(part, ids(taps.low, lines, in), to);
    }

    /** The rows that {@code index} names in each of {@code lines} tables of {@code height} rows. */
    private Tensor ids(int[] index, int lines, int height) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(4 * index.length, lines)).order(ByteOrder.nativeOrder());
        for (int line = 0; line < lines; line++) {
            for (int i : index) {
                bytes.putInt(line * height + i);
            }
        }
        Tensor t = backend.scratch(DType.INT32, Shape.of(index.length * lines));
        t.storage().write(0, bytes.flip());
        return t;
    }

    private Tensor floats(float[] values) {
        Tensor t = backend.scratch(Shape.of(values.length));
        t.write(FloatBuffer.wrap(values));
        return t;
    }
}
