package io.github.mdetr.nn.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of a whole model by every trained weight, against PyTorch's in float64 ({@code fixtures/model}): those of
 * Σ outputs · u("seed:output:NAME"). Trained are exactly the weights that PyTorch has a gradient for.
 */
class GradientTest {
    /** A case of {@code fixtures/model}, all of whose backbone is trained. */
    private static final String EFFICIENT_NET = "tiny-effb3";

    static Stream<Arguments> cases() {
        return GoldenCases.backends()
                .flatMap(backend -> Stream.concat(GoldenCases.TINY.stream(), Stream.of(EFFICIENT_NET))
                        .map(name -> Arguments.of(backend, name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTrainedWeightHasPyTorchsGradient(String backend, String name) {
        GoldenCases.on(backend, () -> {
            Path made = GoldenCases.resource("/model");
            ParityCase parity = name.equals(EFFICIENT_NET) ? ParityCase.read(made, name) : GoldenCases.tiny(name);
            Path file = made.resolve("gradients-" + name + ".json");
            JsonNode expected = new ObjectMapper().readTree(file.toFile());
            List<String> wrong = new ArrayList<>();
            Set<String> trained = new TreeSet<>();
            try (Scope scope = Scope.open();
                    MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.TRAINING);
                    Gradients gradients = gradients(model, parity)) {
                for (Parameter p : model.parameters().all()) {
                    Tensor g = gradients.of(p.tensor());
                    if (p.isTrainable()) {
                        trained.add(p.name());
                        assertNotNull(g, p.name() + " got no gradient");
                        compare(p.name(), g.toFloats(), expected.get(p.name()), wrong);
                    } else {
                        assertNull(g, p.name() + " is not trained");
                    }
                }
            }
            Set<String> names = new TreeSet<>();
            expected.fieldNames().forEachRemaining(names::add);
            assertEquals(names, trained);
            assertEquals(List.of(), wrong);
        });
    }

    private static void compare(String name, float[] g, JsonNode expected, List<String> wrong) {
        float[] probe = new float[g.length];
        Formula.fill("7:probe:" + name, 0, 1, 0, FloatBuffer.wrap(probe));
        double squares = 0;
        double dot = 0;
        for (int i = 0; i < g.length; i++) {
            squares += (double) g[i] * g[i];
            dot += (double) g[i] * probe[i];
        }
        double l2 = expected.get("l2").asDouble();
        double rounding = 10 * expected.get("noise").asDouble();
        double allowedL2 = rounding + 1e-3 * l2;
        double allowedDot = rounding + 2e-3 * l2;
        double offL2 = Math.abs(Math.sqrt(squares) - l2);
        double offDot = Math.abs(dot - expected.get("dot").asDouble());
        if (!(offL2 <= allowedL2 && offDot <= allowedDot)) {
            wrong.add(name + ": l2 off by " + offL2 + ", allowed " + allowedL2 + "; dot off by " + offDot + ", allowed "
                    + allowedDot);
        }
    }

    private static Gradients gradients(MdetrModel model, ParityCase parity) throws IOException {
        Set<String> summed = parity.expected().keySet();
        try (Scope scope = Scope.open();
                Tape tape = Tape.record();
                MdetrOutput out = model.forward(parity.input(), ForwardOptions.evaluation())) {
            List<Tensor> terms = new ArrayList<>();
            for (Map.Entry<String, Tensor> e : PublishedOutputs.of(out).entrySet()) {
                Tensor t = e.getValue();
                if (t.dtype() == DType.FLOAT32 && summed.contains(e.getKey())) {
                    float[] probe = new float[Math.toIntExact(t.size())];
                    Formula.fill("7:output:" + e.getKey(), 0, 1, 0, FloatBuffer.wrap(probe));
                    Tensor weighted =
                            Elementwise.mul(t, Tensor.of(probe, t.shape().dims()));
                    terms.add(Reductions.sum(weighted));
                }
            }
            assertTrue(terms.size() >= 11, "outputs with a gradient: " + terms.size());
            return tape.backward(terms.stream().reduce(Elementwise::add).orElseThrow());
        }
    }
}
