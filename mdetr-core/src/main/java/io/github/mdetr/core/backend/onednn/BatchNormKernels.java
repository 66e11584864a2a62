package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.tensor.Tensor;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Batch normalization while training. */
final class BatchNormKernels {
    private final Primitives primitives;

    BatchNormKernels(Primitives primitives) {
        this.primitives = primitives;
    }

    void forward(Tensor x, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        long at = OneDnnBackend.address(statistics);
        primitives.run(
                key("batchNorm", x, eps),
                () -> {
                    dnnl_memory_desc md = image(x);
                    dnnl_memory_desc vector = Dnnl.dense(x.dim(3));
                    return new Prepared.Builder("batchNorm", primitives.engine, descriptor(x, eps))
                            .argument(DNNL_ARG_SRC, md)
                            .argument(DNNL_ARG_SCALE, vector)
                            .argument(DNNL_ARG_SHIFT, vector)
                            .argument(DNNL_ARG_DST, md)
                            .argument(DNNL_ARG_MEAN, vector)
                            .argument(DNNL_ARG_VARIANCE, vector)
                            .build();
                },
                OneDnnBackend.address(x),
                OneDnnBackend.address(gamma),
                OneDnnBackend.address(beta),
                OneDnnBackend.address(out),
                at,
                at + 4L * x.dim(3));
        NormKernels.invertVariances(statistics, eps);
    }

    void gradient(
            Tensor x, Tensor gamma, Tensor statistics, float eps, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        try (Tensor variances = NormKernels.restoredVariances(statistics, eps)) {
            primitives.run(
                    key("batchNormGrad", x, eps),
                    () -> {
                        dnnl_memory_desc md = image(x);
                        dnnl_memory_desc vector = Dnnl.dense(x.dim(3));
                        dnnl_primitive_desc pd = new PrimitiveDescriptor();
                        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
                            Dnnl.check(
                                    dnnl_batch_normalization_backward_primitive_desc_create(
                                            pd,
                                            primitives.engine,
                                            dnnl_backward,
                                            md,
                                            md,
                                            md,
                                            eps,
                                            NormKernels.SCALE_AND_SHIFT,
                                            descriptor(x, eps),
                                            a.done()),
                                    "batch normalization gradient");
                        }
                        return new Prepared.Builder("batchNormGrad", primitives.engine, pd)
                                .argument(DNNL_ARG_SRC, md)
                                .argument(DNNL_ARG_SCALE, vector)
                                .argument(DNNL_ARG_MEAN, vector)
                                .argument(DNNL_ARG_VARIANCE, vector)
                                .argument(DNNL_ARG_DIFF_DST, md)
                                .argument(DNNL_ARG_DIFF_SRC, md)
                                .argument(DNNL_ARG_DIFF_SCALE, vector)
                                .argument(DNNL_ARG_DIFF_SHIFT, vector)
                                .build();
                    },
                    OneDnnBackend.address(x),
                    OneDnnBackend.address(gamma),
                    OneDnnBackend.address(statistics),
                    OneDnnBackend.address(variances),
                    OneDnnBackend.address(g),
                    OneDnnBackend.address(dx),
                    OneDnnBackend.address(dgamma),
                    OneDnnBackend.address(dbeta));
        }
    }

    private static Primitives.Key key(String op, Tensor x, float eps) {
        return new Primitives.Key(op, x.dim(0), x.dim(1), x.dim(2), x.dim(3), Float.floatToIntBits(eps));
    }

    private static dnnl_memory_desc image(Tensor x) {
        return Dnnl.image(x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    }

    private dnnl_primitive_desc descriptor(Tensor x, float eps) {
        dnnl_memory_desc md = image(x);
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            Dnnl.check(
                    dnnl_batch_normalization_forward_primitive_desc_create(
                            pd,
                            primitives.engine,
                            dnnl_forward_training,
                            md,
                            md,
                            eps,
                            NormKernels.SCALE_AND_SHIFT,
                            a.done()),
                    "batch normalization");
        }
        return pd;
    }
}
