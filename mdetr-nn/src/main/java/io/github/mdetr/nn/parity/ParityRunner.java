package io.github.mdetr.nn.parity;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Builds the model of a reference case at formula weights, runs it and compares every output. In float32 an output may
 * differ, where it does most, by 10 times what float32 PyTorch differs from float64 on the same case, plus 1e-5; in bfloat16,
 * on average, by 1.5 times what PyTorch under bfloat16 autocast does.
 */
public final class ParityRunner {
    private static final double FACTOR = 10;
    private static final double FLOOR = 1e-5;
    private static final double FACTOR_BF16 = 1.5;

    private final Mode mode;
    private final Precision precision;

    /** Compares models built for {@code mode} to compute in {@code precision}, on the current device. */
    public ParityRunner(Mode mode, Precision precision) {
        this.mode = mode;
        this.precision = precision;
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
        expected.forEach((name, e) -> {
            if (precision == Precision.FLOAT32 || parity.noiseBf16(name).isPresent()) {
                differences.add(compare(parity, name, e, actual.get(name)));
            }
        });
        if (differences.isEmpty()) {
            return ParityResult.skipped(parity.name(), "it states no noise of " + precision.label());
        }
        return ParityResult.compared(parity.name(), differences);
    }

    private Map<String, NamedOutput> compute(ParityCase parity) {
        try (Scope scope = Scope.open();
                MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), mode, precision);
                MdetrOutput output = model.forward(parity.input(), ForwardOptions.evaluation())) {
            Map<String, NamedOutput> actual = new LinkedHashMap<>();
            PublishedOutputs.of(output).forEach((name, t) -> actual.put(name, NamedOutput.of(t)));
            actual.put("positive_map", NamedOutput.of(parity.positiveMap()));
            return actual;
        }
    }

    private OutputDifference compare(
            ParityCase parity, String name, NamedOutput expected, @Nullable NamedOutput actual) {
        boolean whole = precision == Precision.FLOAT32;
        OptionalDouble noise = whole ? parity.noise(name) : parity.noiseBf16(name);
        double allowed = whole ? FACTOR * noise.orElse(0) + FLOOR : FACTOR_BF16 * noise.orElse(0);
        if (actual == null) {
            return new OutputDifference(name, Double.NaN, allowed, "the model has no such output");
        }
        if (!actual.shape().equals(expected.shape())) {
            return new OutputDifference(
                    name, Double.NaN, allowed, "shape " + actual.shape() + ", expected " + expected.shape());
        }
        String remark = noise.isEmpty() ? "the case states no noise" : "";
        return new OutputDifference(
                name, whole ? actual.difference(expected) : actual.meanDifference(expected), allowed, remark);
    }
}
