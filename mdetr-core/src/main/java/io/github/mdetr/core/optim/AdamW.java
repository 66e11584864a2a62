package io.github.mdetr.core.optim;

import io.github.mdetr.core.backend.AdamWUpdate;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's arithmetic: with the moments m and v of the
 * t-th step, {@code w ← (1 − rate·decay)·w − rate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)}.
 *
 * <pre>{@code
 * try (AdamW optimizer = AdamW.of(parameters.all())
 *         .rate(1e-4).group("backbone", 1e-5).group("text_encoder", 5e-5)
 *         .clipNorm(0.1).average(0.9998)
 *         .schedule(Schedule.linearWithWarmup(stepsPerEpoch, 35, stepsPerEpoch * 40))
 *         .build()) {
 *     try (Gradients g = tape.backward(loss)) {
 *         StepResult step = optimizer.step(g);
 *     }
 * }
 * }</pre>
 */
public final class AdamW extends Optimizer {
    private static final List<String> MOMENTS = List.of("exp_avg", "exp_avg_sq");

    private final double beta1;
    private final double beta2;
    private final double eps;

    private AdamW(Builder b) {
        super(b, MOMENTS);
        beta1 = b.beta1;
        beta2 = b.beta2;
        eps = b.eps;
    }

    /** Settings as published: rate 1e-4, decay 1e-4, β 0.9 and 0.999, ε 1e-8, neither clipping nor average. */
    public static Builder of(Collection<Parameter> parameters) {
        return new Builder(parameters);
    }

    @Override
    void update(Backend b, ParameterState s, Tensor gradient, double scale, double rate) {
        double correction1 = 1 - Math.pow(beta1, (double) s.steps);
        double correction2 = 1 - Math.pow(beta2, (double) s.steps);
        AdamWUpdate how = new AdamWUpdate(
                (float) scale,
                (float) (1 - rate * weightDecay()),
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                (float) (rate / correction1),
                (float) Math.sqrt(correction2),
                (float) eps,
                (float) averageWeight());
        b.adamW(how, s.parameter.tensor(), gradient, s.moments[0], s.moments[1], s.average);
    }

    /** Settings. */
    public static final class Builder extends OptimizerBuilder<Builder> {
        private double beta1 = 0.9;
        private double beta2 = 0.999;
        private double eps = 1e-8;

        private Builder(Collection<Parameter> parameters) {
            super(parameters, 1e-4, 1e-4);
        }

        /** How much of the mean and of the mean square of gradients stays at each step, both in [0, 1). */
        public Builder betas(double first, double second) {
            beta1 = Settings.share("AdamW: beta1", first);
            beta2 = Settings.share("AdamW: beta2", second);
            return this;
        }

        /** What is added to the root of the mean square. */
        public Builder eps(double value) {
            eps = Settings.positive("AdamW: eps", value);
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * The optimizer; it takes memory for a parameter's moments at its first step.
         *
         * @throws IllegalArgumentException for parameters that are packed, of one name or of several backends
         */
        public AdamW build() {
            return new AdamW(this);
        }
    }
}
