package io.github.mdetr.core.optim;

import io.github.mdetr.core.tensor.Tensor;
import java.util.Collection;
import java.util.List;

/** Parameters at their moving averages; closing it gives them their own values back. */
public final class AveragedWeights implements AutoCloseable {
    private final List<ParameterState> states;
    private boolean open = true;

    AveragedWeights(Collection<ParameterState> states) {
        this.states = List.copyOf(states);
        exchange();
    }

    private void exchange() {
        for (ParameterState s : states) {
            Tensor average = s.average;
            if (average != null) {
                s.average = s.parameter.exchange(average);
            }
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            exchange();
        }
    }
}
