package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/** Convolution, pooling and resizing of channels-last images. */
final class ImageKernels {
    /** Side of the image that a convolution's weight is packed for; the layout serves any. */
    private static final int NOMINAL_SIDE = 56;

    private final Primitives primitives;
    private final MatrixKernels matrices;

    ImageKernels(Primitives primitives, MatrixKernels matrices) {
        this.primitives = primitives;
        this.matrices = matrices;
    }

    /** The figures of a convolution: extents of image, weight and result, and how the window moves. */
    private record Conv(long b, long h, long w, long c, long oh, long ow, long oc, long ky, long kx, Window window) {

        static Conv of(Tensor image, Tensor weight, Tensor result, Window window) {
            return new Conv(
                    image.dim(0),
                    image.dim(1),
                    image.dim(2),
                    image.dim(3),
                    result.dim(1),
                    result.dim(2),
                    result.dim(3),
                    weight.dim(2),
                    weight.dim(3),
                    window);
        }

        Primitives.Key key(String op, long... more) {
            long[] k = new long[17 + more.length];
            long[] own = {
                b,
                h,
                w,
                c,
                oh,
                ow,
                oc,
                ky,
                kx,
                window.strideY(),
                window.strideX(),
                window.top(),
                window.left(),
                window.bottom(),
                window.right(),
                window.dilation(),
                window.groups()
            };
            System.arraycopy(own, 0, k, 0, own.length);
            System.arraycopy(more, 0, k, own.length, more.length);
            return new Primitives.Key(op, k);
        }

        dnnl_memory_desc image() {
            return Dnnl.image(b, h, w, c);
        }

        dnnl_memory_desc result() {
            return Dnnl.image(b, oh, ow, oc);
        }

        long[] weightDims() {
            int g = window.groups();
            return g == 1 ? new long[] {oc, c, ky, kx} : new long[] {g, oc / g, c / g, ky, kx};
        }

        dnnl_memory_desc plainWeight() {
            return Dnnl.dense(weightDims());
        }

        dnnl_memory_desc anyWeight() {
            return Dnnl.any(weightDims());
        }

        long[] strides() {
            return new long[] {window.strideY(), window.strideX()};
        }

        long[] dilates() {
            return new long[] {window.dilation() - 1, window.dilation() - 1};
        }

        long[] before() {
            return new long[] {window.top(), window.left()};
        }

        /** Padding below and right as the result's extent implies, which is what oneDNN checks. */
        long[] after() {
            return new long[] {
                after(oh, h, window.strideY(), ky, window.top()), after(ow, w, window.strideX(), kx, window.left())
            };
        }

        private long after(long out, long in, long stride, long kernel, long before) {
            return (out - 1) * stride + window.dilation() * (kernel - 1) + 1 - in - before;
        }
    }

    /** oneDNN's name of an activation, 0 for none. */
    static int algorithm(Activation f) {
        return switch (f) {
            case IDENTITY -> 0;
            case RELU -> dnnl_eltwise_relu;
            case GELU -> dnnl_eltwise_gelu_erf;
            case SILU -> dnnl_eltwise_swish;
        };
    }

    static void append(Dnnl.Attributes a, Activation f) {
        if (f != Activation.IDENTITY) {
            a.eltwise(algorithm(f), f == Activation.SILU ? 1 : 0, 0);
        }
    }

    void conv2d(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        Conv conv = Conv.of(x, w, out, window);
        Layout layout = ((OneDnnStorage) w.storage()).layout();
        long[] at = new long[3 + (bias == null ? 0 : 1) + (residual == null ? 0 : 1)];
        int n = 0;
        at[n++] = OneDnnBackend.address(x);
        at[n++] = OneDnnBackend.address(w);
        at[n++] = OneDnnBackend.address(out);
        if (bias != null) {
            at[n++] = OneDnnBackend.address(bias);
        }
        if (residual != null) {
            at[n] = OneDnnBackend.address(residual);
        }
        primitives.run(
                conv.key(
                        "conv2d",
                        layout == null ? 0 : layout.id,
                        algorithm(f),
                        bias == null ? 0 : 1,
                        residual == null ? 0 : 1),
                () -> forward(
                        conv,
                        layout == null ? conv.plainWeight() : layout.descriptor,
                        bias != null,
                        residual != null,
                        f),
                at);
    }

    private Prepared forward(Conv conv, dnnl_memory_desc weight, boolean bias, boolean residual, Activation f) {
        dnnl_memory_desc src = conv.image();
        dnnl_memory_desc dst = conv.result();
        dnnl_memory_desc add = bias ? Dnnl.dense(conv.oc) : null;
        dnnl_primitive_desc pd;
        int residualId = 0;
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            if (residual) {
                residualId = a.binary(dnnl_binary_add, dst);
            }
            append(a, f);
            pd = forwardDescriptor(conv, src, weight, add, dst, a);
        }
        Prepared.Builder b = new Prepared.Builder("conv2d", primitives.engine, pd)
                .argument(DNNL_ARG_SRC, src)
                .argument(DNNL_ARG_WEIGHTS, weight)
                .argument(DNNL_ARG_DST, dst);
        if (add != null) {
            b.argument(DNNL_ARG_BIAS, add);
        }
        if (residual) {
            b.argument(residualId, dst);
        }
        return b.build();
    }

    private dnnl_primitive_desc forwardDescriptor(
            Conv conv,
            dnnl_memory_desc src,
            dnnl_memory_desc weight,
            @Nullable dnnl_memory_desc bias,
            dnnl_memory_desc dst,
            Dnnl.Attributes a) {
        dnnl_primitive_desc pd = new dnnl_primitive_desc();
        Dnnl.check(
                dnnl_convolution_forward_primitive_desc_create(
                        pd,
                        primitives.engine,
                        dnnl_forward_inference,
                        dnnl_convolution_direct,
                        src,
                        weight,
                        bias,
                        dst,
                        conv.strides(),
                        conv.dilates(),
                        conv.before(),
                        conv.after(),
                        a.done()),
                "conv2d");
        return pd;
    }

    /** {@code w} in the layout that oneDNN's convolution asks for on an image of ordinary size. */
    Tensor pack(OneDnnBackend backend, Tensor w, Window window) {
        Conv conv = nominal(w, window);
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            dnnl_primitive_desc pd =
                    forwardDescriptor(conv, conv.image(), conv.anyWeight(), Dnnl.dense(conv.oc), conv.result(), a);
            Layout layout = Layout.of(dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0));
            dnnl_primitive_desc_destroy(pd);
            return backend.packed(w, conv.plainWeight(), layout);
        }
    }

    private static Conv nominal(Tensor w, Window window) {
        long span = window.dilation() * (Math.max(w.dim(2), w.dim(3)) - 1L) + 1;
        long side = Math.max(NOMINAL_SIDE, span);
        return new Conv(
                1,
                side,
                side,
                (long) w.dim(1) * window.groups(),
                (side + window.top() + window.bottom() - span) / window.strideY() + 1,
                (side + window.left() + window.right() - span) / window.strideX() + 1,
                w.dim(0),
                w.dim(2),
                w.dim(3),
                window);
    }

    void unpack(Tensor packed, Layout layout, Tensor plain) {
        // a grouped weight is described by five extents, in the same order in memory
        long[] dims = Dnnl.dims(layout.descriptor);
        matrices.reorder(layout.descriptor, Dnnl.dense(dims), packed, plain);
    }

    void gradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        Conv conv = Conv.of(dx, w, g, window);
        primitives.run(
                conv.key("conv2dGradImage"),
                () -> {
                    dnnl_memory_desc image = conv.image();
                    dnnl_memory_desc weight = conv.plainWeight();
                    dnnl_memory_desc result = conv.result();
                    dnnl_primitive_desc pd = new dnnl_primitive_desc();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        dnnl_primitive_desc hint = forwardDescriptor(conv, image, weight, null, result, a);
                        Dnnl.check(
                                dnnl_convolution_backward_data_primitive_desc_create(
                                        pd,
                                        primitives.engine,
                                        dnnl_convolution_direct,
                                        image,
                                        weight,
                                        result,
                                        conv.strides(),
                                        conv.dilates(),
                                        conv.before(),
                                        conv.after(),
                                        hint,
                                        a.attr),
                                "conv2d gradient by image");
                        dnnl_primitive_desc_destroy(hint);
                    }
                    return new Prepared.Builder("conv2dGradImage", primitives.engine, pd)
                            .argument(DNNL_ARG_DIFF_DST, result)
                            .argument(DNNL_ARG_WEIGHTS, weight)
                            .argument(DNNL_ARG_DIFF_SRC, image)
                            .build();
                },
                OneDnnBackend.address(g),
                OneDnnBackend.address(w),
                OneDnnBackend.address(dx));
    }

    void gradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        Conv conv = Conv.of(x, dw, g, window);
        primitives.run(
                conv.key("conv2dGradWeight"),
                () -> {
                    dnnl_memory_desc image = conv.image();
                    dnnl_memory_desc weight = conv.plainWeight();
                    dnnl_memory_desc result = conv.result();
                    dnnl_primitive_desc pd = new dnnl_primitive_desc();
                    try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                        dnnl_primitive_desc hint = forwardDescriptor(conv, image, weight, null, result, a);
                        Dnnl.check(
                                dnnl_convolution_backward_weights_primitive_desc_create(
                                        pd,
                                        primitives.engine,
                                        dnnl_convolution_direct,
                                        image,
                                        weight,
                                        null,
                                        result,
                                        conv.strides(),
                                        conv.dilates(),
                                        conv.before(),
                                        conv.after(),
                                        hint,
                                        a.attr),
                                "conv2d gradient by weight");
                        dnnl_primitive_desc_destroy(hint);
                    }
                    return new Prepared.Builder("conv2dGradWeight", primitives.engine, pd)
                            .argument(DNNL_ARG_SRC, image)
                            .argument(DNNL_ARG_DIFF_DST, result)
                            .argument(DNNL_ARG_DIFF_WEIGHTS, weight)
                            .build();
                },
                OneDnnBackend.address(x),
                OneDnnBackend.address(g),
                OneDnnBackend.address(dw));
    }

    // ---- pooling ----

    void maxPool(Tensor x, int kernel, Window window, Tensor out) {
        Conv conv = pooling(x, kernel, window, out);
        primitives.run(
                conv.key("maxPool"),
                () -> new Prepared.Builder("maxPool", primitives.engine, poolDescriptor(conv, dnnl_forward_inference))
                        .argument(DNNL_ARG_SRC, conv.image())
                        .argument(DNNL_ARG_DST, conv.result())
                        .build(),
                OneDnnBackend.address(x),
                OneDnnBackend.address(out));
    }

    void maxPoolGrad(BlockPool pool, Tensor x, Tensor g, int kernel, Window window, Tensor dx) {
        Conv conv = pooling(x, kernel, window, g);
        dnnl_primitive_desc forward = poolDescriptor(conv, dnnl_forward_training);
        dnnl_memory_desc workspace = dnnl_primitive_desc_query_md(forward, dnnl_query_workspace_md, 0);
        dnnl_primitive_desc backward = new dnnl_primitive_desc();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_pooling_backward_primitive_desc_create(
                            backward,
                            primitives.engine,
                            dnnl_pooling_max,
                            conv.image(),
                            conv.result(),
                            conv.strides(),
                            new long[] {conv.ky, conv.kx},
                            conv.dilates(),
                            conv.before(),
                            conv.after(),
                            forward,
                            a.done()),
                    "max pooling gradient");
        }
        BlockPool.Block positions = pool.allocate(dnnl_memory_desc_get_size(workspace));
        BlockPool.Block largest = pool.allocate(4 * g.size());
        Prepared.Builder backwards = new Prepared.Builder("maxPoolGrad", primitives.engine, backward)
                .argument(DNNL_ARG_DIFF_DST, conv.result())
                .argument(DNNL_ARG_WORKSPACE, workspace)
                .argument(DNNL_ARG_DIFF_SRC, conv.image());
        try (Prepared back = backwards.build();
                Prepared again = new Prepared.Builder("maxPool", primitives.engine, forward)
                        .argument(DNNL_ARG_SRC, conv.image())
                        .argument(DNNL_ARG_DST, conv.result())
                        .argument(DNNL_ARG_WORKSPACE, workspace)
                        .build()) {
            primitives.runOnce(again, OneDnnBackend.address(x), largest.address, positions.address);
            primitives.runOnce(back, OneDnnBackend.address(g), positions.address, OneDnnBackend.address(dx));
        } finally {
            pool.release(positions);
            pool.release(largest);
        }
    }

    private static Conv pooling(Tensor x, int kernel, Window window, Tensor out) {
        return new Conv(
                x.dim(0), x.dim(1), x.dim(2), x.dim(3), out.dim(1), out.dim(2), x.dim(3), kernel, kernel, window);
    }

    private dnnl_primitive_desc poolDescriptor(Conv conv, int kind) {
        dnnl_primitive_desc pd = new dnnl_primitive_desc();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_pooling_forward_primitive_desc_create(
                            pd,
                            primitives.engine,
                            kind,
                            dnnl_pooling_max,
                            conv.image(),
                            conv.result(),
                            conv.strides(),
                            new long[] {conv.ky, conv.kx},
                            conv.dilates(),
                            conv.before(),
                            conv.after(),
                            a.done()),
                    "max pooling");
        }
        return pd;
    }

    // ---- resizing ----

    void resizeBilinear(Tensor x, Tensor out) {
        resize(x, out, false, OneDnnBackend.address(x), OneDnnBackend.address(out));
    }

    void resizeBilinearGrad(Tensor g, Tensor dx) {
        resize(dx, g, true, OneDnnBackend.address(g), OneDnnBackend.address(dx));
    }

    private void resize(Tensor image, Tensor resized, boolean backward, long... addresses) {
        primitives.run(
                new Primitives.Key(
                        backward ? "resizeGrad" : "resize",
                        image.dim(0),
                        image.dim(1),
                        image.dim(2),
                        image.dim(3),
                        resized.dim(1),
                        resized.dim(2)),
                () -> resize(
                        Dnnl.image(image.dim(0), image.dim(1), image.dim(2), image.dim(3)),
                        Dnnl.image(resized.dim(0), resized.dim(1), resized.dim(2), resized.dim(3)),
                        backward),
                addresses);
    }

    private Prepared resize(dnnl_memory_desc from, dnnl_memory_desc to, boolean backward) {
        float[] factors = null; // the extents say it
        dnnl_primitive_desc pd = new dnnl_primitive_desc();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_resampling_forward_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_forward_training,
                            dnnl_resampling_linear,
                            factors,
                            from,
                            to,
                            a.done()),
                    "bilinear resizing");
            if (backward) {
                dnnl_primitive_desc hint = pd;
                pd = new dnnl_primitive_desc();
                Dnnl.check(
                        dnnl_resampling_backward_primitive_desc_create(
                                pd, primitives.engine, dnnl_resampling_linear, factors, from, to, hint, a.attr),
                        "bilinear resizing gradient");
                dnnl_primitive_desc_destroy(hint);
            }
        }
        return new Prepared.Builder("resize", primitives.engine, pd)
                .argument(backward ? DNNL_ARG_DIFF_DST : DNNL_ARG_SRC, backward ? to : from)
                .argument(backward ? DNNL_ARG_DIFF_SRC : DNNL_ARG_DST, backward ? from : to)
                .build();
    }
}
