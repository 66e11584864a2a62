package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Pooling and resizing of channels-last images. */
final class ImageKernels {
    private final Primitives primitives;

    ImageKernels(Primitives primitives) {
        this.primitives = primitives;
    }

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
        Descriptor.with(() -> {
            Conv conv = pooling(x, kernel, window, g);
            dnnl_primitive_desc forward = poolDescriptor(conv, dnnl_forward_training);
            dnnl_memory_desc workspace = dnnl_primitive_desc_query_md(forward, dnnl_query_workspace_md, 0);
            Prepared.Builder again = new Prepared.Builder("maxPool", primitives.engine, forward)
                    .argument(DNNL_ARG_SRC, conv.image())
                    .argument(DNNL_ARG_DST, conv.result())
                    .argument(DNNL_ARG_WORKSPACE, workspace);
            Prepared.Builder back = new Prepared.Builder("maxPoolGrad", primitives.engine, backward(conv, forward))
                    .argument(DNNL_ARG_DIFF_DST, conv.result())
                    .argument(DNNL_ARG_WORKSPACE, workspace)
                    .argument(DNNL_ARG_DIFF_SRC, conv.image());
            BlockPool.Block positions = pool.allocate(dnnl_memory_desc_get_size(workspace));
            try (Tensor largest = Tensor.empty(g.device(), g.dtype(), g.shape());
                    Prepared first = again.build();
                    Prepared second = back.build()) {
                primitives.runOnce(first, OneDnnBackend.address(x), OneDnnBackend.address(largest), positions.address);
                primitives.runOnce(second, OneDnnBackend.address(g), positions.address, OneDnnBackend.address(dx));
            } finally {
                pool.release(positions);
            }
            return true;
        });
    }

    private dnnl_primitive_desc backward(Conv conv, dnnl_primitive_desc forward) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_pooling_backward_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_pooling_max,
                            conv.image(),
                            conv.result(),
                            conv.strides(),
                            new long[] {conv.ky(), conv.kx()},
                            conv.dilates(),
                            conv.before(),
                            conv.after(),
                            forward,
                            a.done()),
                    "max pooling gradient");
        }
        return pd;
    }

    private static Conv pooling(Tensor x, int kernel, Window window, Tensor out) {
        return new Conv(
                x.dtype(),
                x.dim(0),
                x.dim(1),
                x.dim(2),
                x.dim(3),
                out.dim(1),
                out.dim(2),
                x.dim(3),
                kernel,
                kernel,
                window);
    }

    private dnnl_primitive_desc poolDescriptor(Conv conv, int kind) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
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
                            new long[] {conv.ky(), conv.kx()},
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
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
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
                pd = new PrimitiveDescriptor();
                Dnnl.check(
                        dnnl_resampling_backward_primitive_desc_create(
                                pd, primitives.engine, dnnl_resampling_linear, factors, from, to, hint, a.attr),
                        "bilinear resizing gradient");
            }
        }
        return new Prepared.Builder("resize", primitives.engine, pd)
                .argument(backward ? DNNL_ARG_DIFF_DST : DNNL_ARG_SRC, backward ? to : from)
                .argument(backward ? DNNL_ARG_DIFF_SRC : DNNL_ARG_DST, backward ? from : to)
                .build();
    }
}
