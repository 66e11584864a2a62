package io.github.mdetr.core.optim;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;

/** The walk over Σ w·g, whose gradients are exactly the g that are given. */
final class GivenGradients {
    private GivenGradients() {}

    static Gradients of(Parameters parameters, NamedValues gradients) {
        try (Scope scope = Scope.open();
                Tape tape = Tape.record()) {
            Tensor loss = Tensor.scalar(0);
            for (Parameter p : parameters.all()) {
                if (gradients.names().contains(p.name())) {
                    tape.watch(p.tensor());
                    Tensor g = Tensor.of(gradients.get(p.name()), p.shape().dims());
                    loss = Elementwise.add(loss, Reductions.sum(Elementwise.mul(p.tensor(), g)));
                }
            }
            return tape.backward(loss);
        }
    }
}
