package io.github.mdetr.examples.cli;

import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.nn.training.PreparedBatch;
import io.github.mdetr.nn.training.StepReport;
import io.github.mdetr.nn.training.TrainingStep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Times training with random weights. */
@Command(
        name = "train",
        description = {
            "Times steps of training of the published model with random weights on random images, captions and boxes, and"
                    + " prints one line of JSON.",
            "A step is forward pass, matching, all losses of all decoder layers, gradients, clipping and AdamW; without"
                    + " dropout and moving average. Two steps go before.",
        },
        footerHeading = "%nExample:%n",
        footer = {"  mdetr bench train --backbone resnet101 --height 480 --width 640 --batch 2"})
final class BenchTrainCommand implements Callable<Integer> {
    private static final int OBJECTS = 8;
    private static final int CLASSES = MdetrConfig.TOKEN_CLASSES;

    /** As small as the peer's, so that random weights stay finite. */
    private static final double RATE = 1e-5;

    @Mixin
    private BenchOptions options = new BenchOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        MdetrConfig config = options.config();
        SplittableRandom random = new SplittableRandom(options.seed);
        try (MdetrModel model = MdetrModel.fresh(config, options.seed, Mode.TRAINING);
                AdamW optimizer = AdamW.of(model.parameters().all())
                        .rate(RATE)
                        .clipNorm(0.1)
                        .build()) {
            TrainingStep step = new TrainingStep(model, Criterion.published(), optimizer, options.seed, false);
            double[] times = new double[options.runs];
            for (int i = -2; i < options.runs; i++) {
                PreparedBatch batch = batch(random);
                long start = System.nanoTime();
                StepReport report = step.run(i + 2, batch);
                double milliseconds = (System.nanoTime() - start) / 1e6;
                if (!report.applied()) {
                    throw new IllegalStateException(
                            "the random model's loss is " + report.loss() + "; try another --seed");
                }
                if (i >= 0) {
                    times[i] = milliseconds;
                }
            }
            Device device = model.device();
            spec.commandLine().getOut().println(JsonLine.write(false, json -> {
                options.write(json, "train", device, false, Timings.of(times));
                json.writeNumberField("peak_tensors_mib", device.memory().peak() >> 20);
            }));
        }
        return 0;
    }

    private PreparedBatch batch(SplittableRandom random) {
        List<RgbImage> images = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        int[][] ids = new int[options.batch][options.tokens];
        int[][] mask = new int[options.batch][options.tokens];
        for (int b = 0; b < options.batch; b++) {
            byte[] pixels = new byte[3 * options.height * options.width];
            random.nextBytes(pixels);
            images.add(new RgbImage(options.width, options.height, pixels));
            Arrays.setAll(ids[b], t -> random.nextInt(4, 50_000));
            Arrays.fill(mask[b], 1);
            targets.add(target(random));
        }
        return new PreparedBatch(
                ImageBatch.of(images),
                new TokenBatch(ids, mask),
                targets,
                IntStream.range(0, options.batch).mapToObj(Integer::toString).toList());
    }

    private Target target(SplittableRandom random) {
        float[][] boxes = new float[OBJECTS][4];
        float[][] map = new float[OBJECTS][CLASSES];
        for (int i = 0; i < OBJECTS; i++) {
            for (int k = 0; k < 4; k++) {
                boxes[i][k] = (float) random.nextDouble(0.2, 0.5);
            }
            map[i][(1 + 2 * i) % options.tokens] = 0.5f;
            map[i][(2 + 2 * i) % options.tokens] = 0.5f;
        }
        return new Target(boxes, map);
    }
}
