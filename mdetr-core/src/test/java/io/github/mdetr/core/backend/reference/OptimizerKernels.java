package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Steps of optimizers. */
final class OptimizerKernels {
    private OptimizerKernels() {}

    static double squaredNorm(Tensor x) {
        double sum = 0;
        for (double v : Heap.doubles(x)) {
            sum += v * v;
        }
        return sum;
    }

    static void adamW(AdamWUpdate how, Tensor w, Tensor grad, Tensor m, Tensor v, @Nullable Tensor average) {
        double[] ws = Heap.doubles(w);
        double[] gs = Heap.doubles(grad);
        double[] ms = Heap.doubles(m);
        double[] vs = Heap.doubles(v);
        for (int i = 0; i < ws.length; i++) {
            double g = how.gradScale() * gs[i];
            ms[i] += how.meanWeight() * (g - ms[i]);
            vs[i] = how.squareKeep() * vs[i] + how.squareWeight() * g * g;
            ws[i] = how.keep() * ws[i] - how.stepSize() * ms[i] / (Math.sqrt(vs[i]) / how.correction() + how.eps());
        }
        Heap.store(ws, w);
        Heap.store(ms, m);
        Heap.store(vs, v);
        if (average != null) {
            approach(w, how.averageWeight(), average);
        }
    }

    static void sgd(SgdUpdate how, Tensor w, Tensor grad, @Nullable Tensor velocity, @Nullable Tensor average) {
        double[] ws = Heap.doubles(w);
        double[] gs = Heap.doubles(grad);
        double[] speeds = velocity == null ? null : Heap.doubles(velocity);
        for (int i = 0; i < ws.length; i++) {
            double g = how.gradScale() * gs[i] + how.decay() * ws[i];
            double by = g;
            if (speeds != null) {
                speeds[i] = how.momentum() * speeds[i] + g;
                by = how.nesterov() ? g + how.momentum() * speeds[i] : speeds[i];
            }
            ws[i] -= how.rate() * by;
        }
        Heap.store(ws, w);
        if (velocity != null && speeds != null) {
            Heap.store(speeds, velocity);
        }
        if (average != null) {
            approach(w, how.averageWeight(), average);
        }
    }

    static void approach(Tensor target, float weight, Tensor x) {
        double[] to = Heap.doubles(target);
        double[] xs = Heap.doubles(x);
        for (int i = 0; i < xs.length; i++) {
            xs[i] += weight * (to[i] - xs[i]);
        }
        Heap.store(xs, x);
    }
}
