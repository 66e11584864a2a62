package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Filter;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Convolutions fused beyond what oneDNN's post-operations do: networks like EfficientNet wait for memory otherwise. */
final class FusedConvolutions {
    /** About as many bytes stay in a cache until they are read again. */
    private static final long STRIP = 4 << 20;
    /** Up to this size an image is near enough as a whole. */
    private static final long WHOLE = 16 << 20;

    private final ConvolutionKernels convolutions;
    private final MatrixKernels matrices;
    private final ElementwiseKernels elementwise;
    private final Reorders reorders;

    FusedConvolutions(
            ConvolutionKernels convolutions,
            MatrixKernels matrices,
            ElementwiseKernels elementwise,
            Reorders reorders) {
        this.convolutions = convolutions;
        this.matrices = matrices;
        this.elementwise = elementwise;
        this.reorders = reorders;
    }

    // ---- a convolution and a depthwise one after it ----

    /**
     * What lies between the two is made and read in strips of rows when it is large. Rows that two strips need are made
     * twice, which takes less time than to write all of them to memory and read them from there.
     */
    void conv2dThenDepthwise(Tensor x, Filter first, Filter depthwise, Activation f, Tensor out) {
        Shape between = first.output(x.shape());
        long bytes = x.dtype().bytes() * between.size() / between.dim(0);
        boolean large = bytes > WHOLE && Rows.canPart(first) && Rows.canPart(depthwise);
        int strips = large ? Math.toIntExact(bytes / STRIP) : 1;
        int rows = (out.dim(1) + strips - 1) / strips;
        for (int b = 0; b < x.dim(0); b++) {
            for (int from = 0; from < out.dim(1); from += rows) {
                int to = Math.min(out.dim(1), from + rows);
                try (Scope scope = Scope.open()) {
                    Rows wide = Rows.behind(from, to, depthwise, between.dim(1));
                    Rows image = Rows.behind(wide.from, wide.to, first, x.dim(1));
                    Shape shape = between.with(0, 1).with(1, wide.to - wide.from);
                    Tensor strip = Tensor.empty(x.device(), x.dtype(), shape);
                    convolve(part(x, b, image.from, image.to), first, image.window, f, strip);
                    convolve(strip, depthwise, wide.window, f, part(out, b, from, to));
                }
            }
        }
    }

    private void convolve(Tensor x, Filter filter, Window window, Activation f, Tensor out) {
        convolutions.forward(x, filter.weight(), filter.bias(), null, window, f, out);
    }

    /** Rows {@code from} to {@code to} of image {@code b}, as an image. */
    private static Tensor part(Tensor images, int b, int from, int to) {
        Shape s = images.shape();
        return images.view(Shape.of(s.dim(0) * s.dim(1), s.dim(2), s.dim(3)))
                .rows(b * s.dim(1) + from, to - from)
                .view(s.with(0, 1).with(1, to - from));
    }

    /**
     * The rows that some rows of a convolution's result are made of.
     *
     * @param from the first
     * @param to the one after the last
     * @param window the convolution's on these rows alone
     */
    private record Rows(int from, int to, Window window) {

        /** Those behind the result's rows {@code from} to {@code to}, of an image of {@code height} rows. */
        static Rows behind(int from, int to, Filter filter, int height) {
            Window w = filter.window();
            int first = from * w.strideY() - w.top();
            int end = (to - 1) * w.strideY() - w.top() + span(filter);
            int a = Math.max(0, first);
            int b = Math.min(height, end);
            return new Rows(a, b, w.padded(a - first, end - b));
        }

        /** Rows from a window's first tap to its last. */
        private static int span(Filter filter) {
            return filter.window().span(filter.weight().dim(2));
        }

        /** Whether no window lies in the padding as a whole, so that every result row has rows behind it. */
        static boolean canPart(Filter filter) {
            return Math.max(filter.window().top(), filter.window().bottom()) < span(filter);
        }
    }

    // ---- a 1×1 convolution of gated channels ----

    /** (x ⊙ gate)·wᵀ = x·(w ⊙ gate)ᵀ: the weight is scaled for each image, since it is much smaller than the image. */
    void gatedConv2d(Tensor x, Tensor gate, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Tensor out) {
        long pixels = (long) x.dim(1) * x.dim(2);
        Shape transposed = Shape.of(w.dim(1), w.dim(0));
        try (Scope scope = Scope.open();
                Tensor byInput = matrices.byInput(w, w.dtype());
                Tensor plain = elementwise.widened(MatrixKernels.elements(byInput));
                Tensor gated = matrices.likeByInput(w)) {
            boolean wide = w.dtype() == DType.FLOAT32;
            Tensor scaled = wide ? MatrixKernels.elements(gated) : Tensor.empty(x.device(), DType.FLOAT32, transposed);
            for (int b = 0; b < x.dim(0); b++) {
                elementwise.binary(Binary.MUL, plain, gate.rows(b, 1).view(Shape.of(w.dim(1), 1)), scaled);
                if (!wide) {
                    reorders.convert(scaled, MatrixKernels.elements(gated));
                }
                Tensor sum = residual == null ? null : residual.rows(b, 1);
                matrices.linear(
                        pixels,
                        w.dim(1),
                        w.dim(0),
                        x.rows(b, 1),
                        gated,
                        bias,
                        sum,
                        Activation.IDENTITY,
                        out.rows(b, 1));
            }
        }
    }
}
