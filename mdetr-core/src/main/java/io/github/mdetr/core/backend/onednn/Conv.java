package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** The figures of a convolution: type of its numbers, extents of image, weight and result, and how the window moves. */
record Conv(DType type, long b, long h, long w, long c, long oh, long ow, long oc, long ky, long kx, Window window) {

    static Conv of(Tensor image, Tensor weight, Tensor result, Window window) {
        return new Conv(
                image.dtype(),
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
        long[] k = new long[18 + more.length];
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
            window.groups(),
            Dnnl.type(type)
        };
        System.arraycopy(own, 0, k, 0, own.length);
        System.arraycopy(more, 0, k, own.length, more.length);
        return new Primitives.Key(op, k);
    }

    /** Whether each result pixel comes from one image pixel. */
    boolean isPointwise() {
        return isPointwise(ky, kx, window);
    }

    static boolean isPointwise(long ky, long kx, Window w) {
        return ky == 1 && kx == 1 && w.groups() == 1 && w.top() + w.left() + w.bottom() + w.right() == 0;
    }

    dnnl_memory_desc image() {
        return Dnnl.image(type, b, h, w, c);
    }

    dnnl_memory_desc result() {
        return Dnnl.image(type, b, oh, ow, oc);
    }

    long[] weightDims() {
        int g = window.groups();
        return g == 1 ? new long[] {oc, c, ky, kx} : new long[] {g, oc / g, c / g, ky, kx};
    }

    dnnl_memory_desc plainWeight(DType type) {
        return Dnnl.dense(type, weightDims());
    }

    dnnl_memory_desc anyWeight() {
        return Dnnl.any(type, weightDims());
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
