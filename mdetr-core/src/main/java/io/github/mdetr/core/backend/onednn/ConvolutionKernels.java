package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of channels-last images, forward and backward. oneDNN is fast only on weights in a layout of its own
 * choosing, which depends on the size of the image: a packed weight changes to it for good, since the next image is
 * likely to be of that size too; a plain one is converted for the call.
 */
final class ConvolutionKernels {
    private enum Pass {
        FORWARD("conv2d"),
        GRAD_IMAGE("conv2dGradImage"),
        GRAD_WEIGHT("conv2dGradWeight");

        final String label;

        Pass(String label) {
            this.label = label;
        }
    }

    private final Primitives primitives;
    private final MatrixKernels matrices;
    private final Reorders reorders;
    private final WinogradKernels winograd;
    /** The layouts asked for by the sizes seen last, which are without end. */
    private final Map<Primitives.Key, Layout> wanted = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Primitives.Key, Layout> eldest) {
            return size() > Primitives.CAPACITY;
        }
    };

    ConvolutionKernels(Primitives primitives, MatrixKernels matrices, Reorders reorders) {
        this.primitives = primitives;
        this.matrices = matrices;
        this.reorders = reorders;
        this.winograd = new WinogradKernels(primitives, matrices, reorders);
    }

    // ---- passes ----

    void forward(
            Tensor x,
            Tensor w,
            @Nullable Tensor bias,
            @Nullable Tensor residual,
            Window window,
            Activation f,
            Tensor out) {
        Conv conv = Conv.of(x, w, out, window);
        if (conv.isPointwise()) {
            pointwise(conv, x, w, bias, residual, f, out);
            return;
        }
        if (w.isPacked() && WinogradKernels.suits(conv)) {
            try (Tensor weight = laidOut(conv, w, winograd.layout(conv))) {
                winograd.forward(conv, x, weight, bias, residual, f, out);
            }
            return;
        }
        Layout layout = wanted(Pass.FORWARD, conv);
        Residual kind = Residual.of(residual, out);
        try (Tensor weight = laidOut(conv, w, layout)) {
            long[] at = {
                OneDnnBackend.address(x),
                OneDnnBackend.address(weight),
                OneDnnBackend.address(out),
                bias == null ? 0 : OneDnnBackend.address(bias),
                residual == null ? 0 : OneDnnBackend.address(residual)
            };
            primitives.run(
                    conv.key(Pass.FORWARD.label, layout.id, Dnnl.algorithm(f), bias == null ? 0 : 1, kind.figure()),
                    () -> prepareForward(conv, layout, bias != null, kind, f),
                    OneDnnBackend.given(at, bias != null, kind == Residual.APART));
        }
    }

    /**
     * A 1×1 window is a product of pixels and weight: as fast as oneDNN's convolution, and its weight layout is the same
     * for every size of image.
     */
    private void pointwise(
            Conv conv, Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Activation f, Tensor out) {
        long rows = conv.b() * conv.oh() * conv.ow();
        if (conv.oh() == conv.h() && conv.ow() == conv.w()) {
            matrices.linear(rows, conv.c(), conv.oc(), x, w, bias, residual, f, out);
            return;
        }
        MatrixKernels.Rows seen = new MatrixKernels.Rows(
                conv.oh(),
                conv.ow(),
                conv.c(),
                conv.window().strideY() * conv.w() * conv.c(),
                conv.window().strideX() * conv.c());
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < conv.b(); i++) { // one by one: rows reach beyond an image of odd height
                Tensor sum = residual == null ? null : residual.rows(i, 1);
                matrices.linear(seen, conv.oc(), x.rows(i, 1), w, bias, sum, f, out.rows(i, 1));
            }
        }
    }

    private Prepared prepareForward(Conv conv, Layout weight, boolean bias, Residual residual, Activation f) {
        dnnl_memory_desc src = conv.image();
        dnnl_memory_desc dst = conv.result();
        dnnl_memory_desc add = bias ? Dnnl.dense(conv.oc()) : null;
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            int residualId = residual.append(a, dst);
            a.activation(f);
            Prepared.Builder b = new Prepared.Builder(
                            "conv2d", primitives.engine, forwardDescriptor(conv, weight.descriptor, add, a))
                    .argument(DNNL_ARG_SRC, src)
                    .argument(DNNL_ARG_WEIGHTS, weight.descriptor)
                    .argument(DNNL_ARG_DST, dst);
            if (add != null) {
                b.argument(DNNL_ARG_BIAS, add);
            }
            if (residual == Residual.APART) {
                b.argument(residualId, dst);
            }
            return b.build();
        }
    }

    void gradImage(Tensor g, Tensor w, Window window, Tensor dx) {
        Conv conv = Conv.of(dx, w, g, window);
        Layout layout = wanted(Pass.GRAD_IMAGE, conv);
        try (Tensor weight = laidOut(conv, w, layout)) {
            primitives.run(
                    conv.key(Pass.GRAD_IMAGE.label),
                    () -> new Prepared.Builder(
                                    Pass.GRAD_IMAGE.label,
                                    primitives.engine,
                                    descriptor(Pass.GRAD_IMAGE, conv, layout.descriptor))
                            .argument(DNNL_ARG_DIFF_DST, conv.result())
                            .argument(DNNL_ARG_WEIGHTS, layout.descriptor)
                            .argument(DNNL_ARG_DIFF_SRC, conv.image())
                            .build(),
                    OneDnnBackend.address(g),
                    OneDnnBackend.address(weight),
                    OneDnnBackend.address(dx));
        }
    }

    void gradWeight(Tensor x, Tensor g, Window window, Tensor dw) {
        Conv conv = Conv.of(x, dw, g, window);
        Layout layout = wanted(Pass.GRAD_WEIGHT, conv);
        try (Tensor weight = ((OneDnnBackend) x.device()).emptyIn(layout, dw, conv.type())) {
            primitives.run(
                    conv.key(Pass.GRAD_WEIGHT.label),
                    () -> new Prepared.Builder(
                                    Pass.GRAD_WEIGHT.label,
                                    primitives.engine,
                                    descriptor(Pass.GRAD_WEIGHT, conv, layout.descriptor))
                            .argument(DNNL_ARG_SRC, conv.image())
                            .argument(DNNL_ARG_DIFF_DST, conv.result())
                            .argument(DNNL_ARG_DIFF_WEIGHTS, layout.descriptor)
                            .build(),
                    OneDnnBackend.address(x),
                    OneDnnBackend.address(g),
                    OneDnnBackend.address(weight));
            convert(conv, layout, null, weight, dw);
        }
    }

    // ---- weights ----

    /**
     * A weight that takes the layout of the first image it meets, until then it stays as it is; a 1×1 one that of
     * products. Unscoped, the caller's to close.
     */
    Tensor pack(Tensor w, Window window, DType type) {
        if (Conv.isPointwise(w.dim(2), w.dim(3), window)) {
            return matrices.pack(w, type);
        }
        int groups = window.groups();
        long[] dims = groups == 1
                ? new long[] {w.dim(0), w.dim(1), w.dim(2), w.dim(3)}
                : new long[] {groups, w.dim(0) / groups, w.dim(1), w.dim(2), w.dim(3)};
        Layout layout = Descriptor.with(() -> Layout.of(Dnnl.dense(type, dims)));
        return ((OneDnnBackend) w.device()).weightIn(layout, w, type, t -> reorders.convert(w, t));
    }

    void unpack(Tensor packed, Layout layout, Tensor plain) {
        if (WinogradKernels.isTransformed(layout)) {
            winograd.restore(packed, layout, plain);
            return;
        }
        // a grouped weight is described by five extents, in the same order in memory
        Descriptor.run(() -> {
            reorders.reorder(layout.descriptor, Dnnl.dense(Dnnl.dims(layout.descriptor)), packed, plain);
        });
    }

    /** A handle on a weight in that layout: on {@code w} itself when it is packed, on a copy when it is plain. */
    private Tensor laidOut(Conv conv, Tensor w, Layout layout) {
        OneDnnStorage storage = (OneDnnStorage) w.storage();
        Layout own = storage.layout();
        if (own == layout) {
            return w.retained();
        }
        Tensor t =
                ((OneDnnBackend) w.device()).weightIn(layout, w, conv.type(), to -> convert(conv, own, layout, w, to));
        if (own == null) {
            return t;
        }
        storage.exchange((OneDnnStorage) t.storage());
        t.close();
        return w.retained();
    }

    /** Copies a weight from one layout to another; null stands for the plain one. */
    private void convert(Conv conv, @Nullable Layout from, @Nullable Layout to, Tensor x, Tensor out) {
        if (from != null && WinogradKernels.isTransformed(from)) {
            try (Tensor plain = Tensor.empty(x.device(), DType.FLOAT32, x.shape())) {
                winograd.restore(x, from, plain);
                convert(conv, null, to, plain, out);
            }
            return;
        }
        if (to != null && WinogradKernels.isTransformed(to)) {
            try (Tensor plain = Tensor.empty(x.device(), DType.FLOAT32, x.shape())) {
                convert(conv, from, null, x, plain);
                winograd.transform(plain, to, out);
            }
            return;
        }
        long[] dims = conv.weightDims();
        long[] key = Arrays.copyOf(dims, dims.length + 3);
        key[dims.length] = from == null ? 0 : from.id;
        key[dims.length + 1] = to == null ? 0 : to.id;
        key[dims.length + 2] = Dnnl.type((from == null ? x : out).dtype());
        primitives.run(
                new Primitives.Key("weight", key),
                () -> reorders.reordering(
                        from == null ? conv.plainWeight(x.dtype()) : from.descriptor,
                        to == null ? conv.plainWeight(out.dtype()) : to.descriptor),
                OneDnnBackend.address(x),
                OneDnnBackend.address(out));
    }

    private Layout wanted(Pass pass, Conv conv) {
        return wanted.computeIfAbsent(
                conv.key(pass.label),
                k -> Descriptor.with(() -> {
                    dnnl_primitive_desc pd = descriptor(pass, conv, conv.anyWeight());
                    int query = pass == Pass.GRAD_WEIGHT ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
                    Layout l = Layout.of(dnnl_primitive_desc_query_md(pd, query, 0));
                    return l;
                }));
    }

    // ---- descriptors ----

    private dnnl_primitive_desc forwardDescriptor(
            Conv conv, dnnl_memory_desc weight, @Nullable dnnl_memory_desc bias, Dnnl.Attributes a) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        Dnnl.check(
                dnnl_convolution_forward_primitive_desc_create(
                        pd,
                        primitives.engine,
                        dnnl_forward_inference,
                        dnnl_convolution_direct,
                        conv.image(),
                        weight,
                        bias,
                        conv.result(),
                        conv.strides(),
                        conv.dilates(),
                        conv.before(),
                        conv.after(),
                        a.done()),
                "conv2d");
        return pd;
    }

    private dnnl_primitive_desc descriptor(Pass pass, Conv conv, dnnl_memory_desc weight) {
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            if (pass == Pass.FORWARD) {
                return forwardDescriptor(conv, weight, Dnnl.dense(conv.oc()), a);
            }
            dnnl_primitive_desc hint = forwardDescriptor(conv, conv.anyWeight(), null, a);
            dnnl_primitive_desc pd = new PrimitiveDescriptor();
            int status = pass == Pass.GRAD_IMAGE
                    ? dnnl_convolution_backward_data_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_convolution_direct,
                            conv.image(),
                            weight,
                            conv.result(),
                            conv.strides(),
                            conv.dilates(),
                            conv.before(),
                            conv.after(),
                            hint,
                            a.attr)
                    : dnnl_convolution_backward_weights_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_convolution_direct,
                            conv.image(),
                            weight,
                            null,
                            conv.result(),
                            conv.strides(),
                            conv.dilates(),
                            conv.before(),
                            conv.after(),
                            hint,
                            a.attr);
            Dnnl.check(status, pass.label);
            return pd;
        }
    }
}
