package io.github.mdetr.nn.parity;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the model of a reference case at formula weights, runs it and compares every output. An output may differ by 10
 * times what float32 PyTorch differs from float64 on the same case, plus 1e-5.
 */
public final class ParityRunner {
    private static final double FACTOR = 10;
    private static final double FLOOR = 1e-5;

    private final Mode mode;

    /** Compares models built for {@code mode}, on the current device. */
    public ParityRunner(Mode mode) {
        this.mode = mode;
    }

    /**
     * Runs one case. A case whose model cannot be made of its configuration and parameters has failed.
     *
     * @throws IOException when its files cannot be read
     */
    public ParityResult run(ParityCase parity) throws IOException {
        String reason = parity.unsupported();
        if (reason != null) {
            return ParityResult.skipped(parity.name(), reason);
        }
        Map<String, NamedOutput> expected = parity.expected();
        Map<String, NamedOutput> actual;
        try {
            actual = compute(parity);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return ParityResult.failed(parity.name(), String.valueOf(e.getMessage()));
        }
        List<OutputDifference> differences = new ArrayList<>();
        expected.forEach((name, e) -> differences.add(compare(parity, name, e, actual.get(name))));
        return ParityResult.compared(parity.name(), differences);
    }

    private Map<String, NamedOutput> compute(ParityCase parity) {
        try (Scope scope = Scope.open();
                MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), mode);
                MdetrOutput output = model.forward(parity.input(), ForwardOptions.evaluation())) {
            Map<String, NamedOutput> actual = new LinkedHashMap<>();
            PublishedOutputs.of(output).forEach((name, t) -> actual.put(name, NamedOutput.of(t)));
            actual.put("positive_map", NamedOutput.of(parity.positiveMap()));
            return actual;
        }
    }

    private static OutputDifference compare(
            ParityCase parity, String name, NamedOutput expected, @Nullable NamedOutput actual) {
        var noise = parity.noise(name);
        double allowed = FACTOR * noise.orElse(0) + FLOOR;
        if (actual == null) {
            return new OutputDifference(name, Double.NaN, allowed, "the model has no such output");
        }
        if (!actual.shape().equals(expected.shape())) {
            return new OutputDifference(
                    name, Double.NaN, allowed, "shape " + actual.shape() + ", expected " + expected.shape());
        }
        String remark = noise.isEmpty() ? "the case states no noise" : "";
        return new OutputDifference(name, actual.difference(expected), allowed, remark);
    }
}
