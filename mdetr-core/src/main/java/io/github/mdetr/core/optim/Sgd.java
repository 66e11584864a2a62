package io.github.mdetr.core.optim;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.SgdUpdate;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Collection;
import java.util.List;

/**
 * Stochastic gradient descent, in PyTorch's arithmetic: {@code g' = g + decay·w}, {@code velocity ← momentum·velocity + g'},
 * {@code w ← w − rate·velocity}, or with Nesterov's momentum {@code w ← w − rate·(g' + momentum·velocity)}.
 */
public final class Sgd extends Optimizer {
    private final double momentum;
    private final boolean nesterov;

    private Sgd(Builder b) {
        super(b, b.momentum == 0 ? List.of() : List.of("momentum_buffer"));
        momentum = b.momentum;
        nesterov = b.nesterov;
    }

    /** Settings: no momentum and no decay. */
    public static Builder of(Collection<Parameter> parameters) {
        return new Builder(parameters);
    }

    @Override
    void update(Backend b, ParameterState s, Tensor gradient, double scale, double rate) {
        SgdUpdate how =
                new SgdUpdate((float) scale, (float) weightDecay(), (float) momentum, nesterov, (float) rate, (float)
                        averageWeight());
        b.sgd(how, s.parameter.tensor(), gradient, s.moments.length == 0 ? null : s.moments[0], s.average);
    }

    /** Settings. */
    public static final class Builder extends OptimizerBuilder<Builder> {
        private double momentum;
        private boolean nesterov;

        private Builder(Collection<Parameter> parameters) {
            super(parameters, 1e-2, 0);
        }

        /** How much of the velocity stays at each step, in [0, 1). */
        public Builder momentum(double value) {
            momentum = Settings.share("SGD: momentum", value);
            return this;
        }

        /** Whether steps look ahead along the velocity (Nesterov 1983); wants a momentum. */
        public Builder nesterov(boolean value) {
            nesterov = value;
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * The optimizer.
         *
         * @throws IllegalArgumentException for Nesterov's step without a momentum, and parameters as in {@link AdamW.Builder#build}
         */
        public Sgd build() {
            if (nesterov && momentum == 0) {
                throw new IllegalArgumentException("SGD: nesterov needs a momentum above 0, such as 0.9");
            }
            return new Sgd(this);
        }
    }
}
