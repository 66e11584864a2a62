package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times inference with random weights. */
@Command(
        name = "infer",
        description = {
            "Times the published model with random weights on random images and captions, and prints one line of JSON.",
            "A run begins with pixels and token ids in Java arrays and ends with the outputs in Java arrays; positions, text"
                    + " encoder and the heads on every decoder layer are part of it. Every run has new pixels and ids, made"
                    + " before its clock starts. Two runs go before.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr bench infer --backbone resnet101 --height 800 --width 1066 --threads 2",
            "  mdetr bench infer --backbone resnet50 --height 480 --width 640 --batch 4 \\",
            "      --runs 10",
            "  mdetr bench infer --sizes --runs 9",
        })
final class BenchInferCommand implements Callable<Integer> {
    private static final int MAX_RUNS = 1_000_000;

    /** The names that {@code --backbone} takes. */
    static final class Backbones implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return BackboneType.names().iterator();
        }
    }

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            defaultValue = "resnet101",
            completionCandidates = Backbones.class,
            description = "One of ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
    private String backbone = "";

    @Option(names = "--height", paramLabel = "PIXELS", defaultValue = "800", description = "Default: ${DEFAULT-VALUE}.")
    private int height;

    @Option(names = "--width", paramLabel = "PIXELS", defaultValue = "1066", description = "Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Images in a run, each with a caption. Default: ${DEFAULT-VALUE}.")
    private int batch;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "20",
            description = "In each caption. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs that count. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of weights, pixels and ids. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--sizes",
            description =
                    "Also compare image sizes not met before with the same sizes again (unseen_ms, seen_ms), --runs of"
                            + " them around the size given.")
    private boolean sizes;

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        MdetrConfig config = MdetrConfig.pretrained(BackboneType.of(backbone));
        atLeastOne("--height", height);
        atLeastOne("--width", width);
        atLeastOne("--batch", batch);
        atLeastOne("--runs", runs);
        if (runs > MAX_RUNS) {
            throw new IllegalArgumentException("--runs: expected at most " + MAX_RUNS + ", got " + runs);
        }
        if (3d * batch * height * width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--batch " + batch + " --height " + height + " --width " + width
                    + ": expected at most " + Integer.MAX_VALUE / 3 + " pixels in a run");
        }
        int most = config.textEncoder().maxTokens();
        if (tokens < 2 || tokens > most) {
            throw new IllegalArgumentException("--tokens: expected 2 to " + most + ", got " + tokens);
        }
        try (MdetrModel model = MdetrModel.fresh(config, seed, Mode.INFERENCE, precision.value())) {
            long weights = model.device().memory().live();
            InferenceTimer timer = new InferenceTimer(model, batch, tokens, seed);
            model.device().resetPeak();
            timer.run(height, width);
            timer.run(height, width);
            double[] times = new double[runs];
            for (int i = 0; i < runs; i++) {
                times[i] = timer.run(height, width);
            }
            Timings fixed = Timings.of(times);
            List<Timings> compared = sizes ? timer.compareSizes(height, width, runs) : List.of();
            spec.commandLine().getOut().println(json(model, weights, fixed, compared));
        }
        return 0;
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + ": expected 1 or more, got " + value);
        }
    }

    /** The keys of the PyTorch peer, then ours. */
    private String json(MdetrModel model, long weights, Timings fixed, List<Timings> compared) throws IOException {
        Device device = model.device();
        return JsonLine.write(false, json -> {
            json.writeStringField("peer", "mdetr " + Version.text() + " " + device.name());
            json.writeStringField("mode", "infer");
            json.writeStringField("runtime", device.name());
            json.writeStringField("backbone", backbone);
            json.writeBooleanField("bf16", precision.value() == Precision.BFLOAT16);
            json.writeNumberField("height", height);
            json.writeNumberField("width", width);
            json.writeNumberField("batch", batch);
            json.writeNumberField("tokens", tokens);
            json.writeNumberField("runs", runs);
            json.writeNumberField("threads", io.github.mdetr.core.backend.OpenMp.threads());
            milliseconds(json, "median_ms", fixed.median());
            milliseconds(json, "min_ms", fixed.min());
            milliseconds(json, "max_ms", fixed.max());
            OptionalLong resident = ResidentMemory.peakMebibytes();
            if (resident.isPresent()) {
                json.writeNumberField("peak_rss_mib", resident.getAsLong());
            } else {
                json.writeNullField("peak_rss_mib");
            }
            json.writeNumberField("weights_mib", weights >> 20);
            json.writeNumberField("peak_tensors_mib", device.memory().peak() >> 20);
            if (!compared.isEmpty()) {
                milliseconds(json, "unseen_ms", compared.get(0).median());
                milliseconds(json, "seen_ms", compared.get(1).median());
            }
        });
    }

    private static void milliseconds(JsonGenerator json, String key, double value) throws IOException {
        json.writeFieldName(key);
        json.writeNumber(String.format(Locale.ROOT, "%.2f", value));
    }
}
