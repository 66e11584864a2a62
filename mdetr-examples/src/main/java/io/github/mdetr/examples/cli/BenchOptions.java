package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.core.backend.OpenMp;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What a measurement runs on, with the keys of the peers' output. */
final class BenchOptions {
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
    String backbone = "";

    @Option(names = "--height", paramLabel = "PIXELS", defaultValue = "800", description = "Default: ${DEFAULT-VALUE}.")
    int height;

    @Option(names = "--width", paramLabel = "PIXELS", defaultValue = "1066", description = "Default: ${DEFAULT-VALUE}.")
    int width;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Images in a run, each with a caption. Default: ${DEFAULT-VALUE}.")
    int batch;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "20",
            description = "In each caption. Default: ${DEFAULT-VALUE}.")
    int tokens;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs that count. Default: ${DEFAULT-VALUE}.")
    int runs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of weights, pixels and ids. Default: ${DEFAULT-VALUE}.")
    long seed;

    /** The published model, after a check of all options. */
    MdetrConfig config() {
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
        return config;
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + ": expected 1 or more, got " + value);
        }
    }

    /** The keys that the PyTorch peer writes too. */
    void write(JsonGenerator json, String mode, Device device, boolean bf16, Timings times) throws IOException {
        json.writeStringField("peer", "mdetr " + Version.text() + " " + device.name());
        json.writeStringField("mode", mode);
        json.writeStringField("runtime", device.name());
        json.writeStringField("backbone", backbone);
        json.writeBooleanField("bf16", bf16);
        json.writeNumberField("height", height);
        json.writeNumberField("width", width);
        json.writeNumberField("batch", batch);
        json.writeNumberField("tokens", tokens);
        json.writeNumberField("runs", runs);
        json.writeNumberField("threads", OpenMp.threads());
        milliseconds(json, "median_ms", times.median());
        milliseconds(json, "min_ms", times.min());
        milliseconds(json, "max_ms", times.max());
        OptionalLong resident = ResidentMemory.peakMebibytes();
        if (resident.isPresent()) {
            json.writeNumberField("peak_rss_mib", resident.getAsLong());
        } else {
            json.writeNullField("peak_rss_mib");
        }
    }

    static void milliseconds(JsonGenerator json, String key, double value) throws IOException {
        json.writeFieldName(key);
        json.writeNumber(String.format(Locale.ROOT, "%.2f", value));
    }
}
