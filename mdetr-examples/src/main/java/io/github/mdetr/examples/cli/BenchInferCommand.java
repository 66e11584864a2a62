package io.github.mdetr.examples.cli;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import java.io.IOException;
import java.util.List;
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
    @Mixin
    private BenchOptions options = new BenchOptions();

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
        MdetrConfig config = options.config();
        try (MdetrModel model = MdetrModel.fresh(config, options.seed, Mode.INFERENCE, precision.value())) {
            long weights = model.device().memory().live();
            InferenceTimer timer = new InferenceTimer(model, options.batch, options.tokens, options.seed);
            model.device().resetPeak();
            timer.run(options.height, options.width);
            timer.run(options.height, options.width);
            double[] times = new double[options.runs];
            for (int i = 0; i < options.runs; i++) {
                times[i] = timer.run(options.height, options.width);
            }
            Timings fixed = Timings.of(times);
            List<Timings> compared =
                    sizes ? timer.compareSizes(options.height, options.width, options.runs) : List.of();
            spec.commandLine().getOut().println(json(model, weights, fixed, compared));
        }
        return 0;
    }

    /** The keys of the PyTorch peer, then ours. */
    private String json(MdetrModel model, long weights, Timings fixed, List<Timings> compared) throws IOException {
        Device device = model.device();
        return JsonLine.write(false, json -> {
            options.write(json, "infer", device, precision.value() == Precision.BFLOAT16, fixed);
            json.writeNumberField("weights_mib", weights >> 20);
            json.writeNumberField("peak_tensors_mib", device.memory().peak() >> 20);
            if (!compared.isEmpty()) {
                BenchOptions.milliseconds(json, "unseen_ms", compared.get(0).median());
                BenchOptions.milliseconds(json, "seen_ms", compared.get(1).median());
            }
        });
    }
}
