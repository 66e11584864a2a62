package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;

/** Steps of optimizers, in steps: ND4J's own updaters correct and decay otherwise. */
final class OptimizerKernels {
    private final Nd4jBackend backend;
    private final ReductionKernels reductions;

    OptimizerKernels(Nd4jBackend backend, ReductionKernels reductions) {
        this.backend = backend;
        this.reductions = reductions;
    }

    double squaredNorm(Tensor x) {
        Tensor squares = backend.scratch(x.shape());
        Ops.run(new Square(Views.flat(x), Views.flat(squares)));
        Tensor sum = backend.scratch(Shape.of(1));
        reductions.sum(squares, 1, x.size(), 1, sum);
        return sum.item();
    }

    void adamW(AdamWUpdate how, Tensor weight, Tensor grad, Tensor mean, Tensor square, @Nullable Tensor average) {
        INDArray w = Views.flat(weight);
        INDArray m = Views.flat(mean);
        INDArray v = Views.flat(square);
        INDArray g = Views.flat(backend.scratch(weight.shape()));
        INDArray part = Views.flat(backend.scratch(weight.shape()));
        Ops.scale(Views.flat(grad), how.gradScale(), g);
        Ops.sub(g, m, part);
        Ops.scale(part, how.meanWeight(), part);
        Ops.add(m, part, m);
        Ops.scale(v, how.squareKeep(), v);
        Ops.run(new Square(g, g));
        Ops.scale(g, how.squareWeight(), g);
        Ops.add(v, g, v);
        Ops.run(new Sqrt(v, g));
        Ops.scale(g, 1 / how.correction(), g);
        Ops.shift(g, how.eps(), g);
        Ops.scale(m, how.stepSize(), part);
        Ops.div(part, g, part);
        Ops.scale(w, how.keep(), w);
        Ops.sub(w, part, w);
        if (average != null) {
            approach(weight, how.averageWeight(), average);
        }
    }

    void sgd(SgdUpdate how, Tensor weight, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average) {
        INDArray w = Views.flat(weight);
        INDArray g = Views.flat(backend.scratch(weight.shape()));
        INDArray part = Views.flat(backend.scratch(weight.shape()));
        Ops.scale(Views.flat(grad), how.gradScale(), g);
        Ops.scale(w, how.decay(), part);
        Ops.add(g, part, g);
        if (velocity != null) {
            INDArray speed = Views.flat(velocity);
            Ops.scale(speed, how.momentum(), speed);
            Ops.add(speed, g, speed);
            if (how.nesterov()) {
                Ops.scale(speed, how.momentum(), part);
                Ops.add(g, part, g);
            } else {
                g = speed;
            }
        }
        Ops.scale(g, how.rate(), part);
        Ops.sub(w, part, w);
        if (average != null) {
            approach(weight, how.averageWeight(), average);
        }
    }

    void approach(Tensor target, float weight, Tensor x) {
        INDArray a = Views.flat(x);
        INDArray part = Views.flat(backend.scratch(x.shape()));
        Ops.sub(Views.flat(target), a, part);
        Ops.scale(part, weight, part);
        Ops.add(a, part, a);
    }
}
