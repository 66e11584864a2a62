package io.github.mdetr.core.optim;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an optimizer keeps of one parameter: moments, which start at 0, and the moving average, which starts at its values. */
final class ParameterState implements AutoCloseable {
    final Parameter parameter;
    final ParameterGroup group;
    final Tensor[] moments;

    @Nullable
    Tensor average;

    /** Steps that it has taken. */
    long steps;

    private ParameterState(Parameter parameter, ParameterGroup group, Tensor[] moments, @Nullable Tensor average) {
        this.parameter = parameter;
        this.group = group;
        this.moments = moments;
        this.average = average;
    }

    /** Memory for all of it, or an error and no memory taken. */
    static ParameterState of(Parameter parameter, ParameterGroup group, int moments, boolean averaged) {
        Tensor w = parameter.tensor();
        Backend b = Backend.of(w);
        try (Scope scope = Scope.open()) {
            List<Tensor> made = new ArrayList<>();
            for (int i = 0; i < moments; i++) {
                Tensor t = Tensor.empty(b, DType.FLOAT32, w.shape());
                b.fill(t, 0);
                made.add(t);
            }
            Tensor average = null;
            if (averaged) {
                average = Tensor.empty(b, DType.FLOAT32, w.shape());
                b.copy(w, average);
            }
            return new ParameterState(
                    parameter,
                    group,
                    made.stream().map(Tensor::retained).toArray(Tensor[]::new),
                    average == null ? null : average.retained());
        }
    }

    @Override
    public void close() {
        for (Tensor t : moments) {
            t.close();
        }
        if (average != null) {
            average.close();
        }
    }
}
