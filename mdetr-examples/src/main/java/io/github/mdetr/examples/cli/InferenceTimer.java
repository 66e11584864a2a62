package io.github.mdetr.examples.cli;

import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.LayerOutput;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.text.TokenBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Runs a model on random inputs, new ones each time, with the clock on. */
final class InferenceTimer {
    private static final int FIRST_WORD = 4;
    private static final int LAST_WORD = 50_000;

    private final MdetrModel model;
    private final int batch;
    private final int tokens;
    private final SplittableRandom random;

    InferenceTimer(MdetrModel model, int batch, int tokens, long seed) {
        this.model = model;
        this.batch = batch;
        this.tokens = tokens;
        this.random = new SplittableRandom(seed);
    }

    /**
     * One pass over images of that size.
     *
     * @return milliseconds from the inputs in Java arrays to the outputs in Java arrays
     * @throws IllegalStateException when an output is no number: the time would mean nothing
     */
    double run(int height, int width) {
        float[] pixels = new float[Math.multiplyExact(Math.multiplyExact(batch * 3, height), width)];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (random.nextDouble() * 4 - 2); // as wide as normalized pixels are
        }
        int[][] ids = new int[batch][tokens];
        int[][] mask = new int[batch][tokens];
        for (int b = 0; b < batch; b++) {
            Arrays.setAll(ids[b], t -> random.nextInt(FIRST_WORD, LAST_WORD));
            Arrays.fill(mask[b], 1);
        }
        long start = System.nanoTime();
        List<float[]> outputs = compute(pixels, height, width, new TokenBatch(ids, mask));
        double milliseconds = (System.nanoTime() - start) / 1e6;
        for (float[] values : outputs) {
            for (float v : values) {
                if (!Float.isFinite(v)) {
                    throw new IllegalStateException("the random model gives " + v + "; try another --seed");
                }
            }
        }
        return milliseconds;
    }

    private List<float[]> compute(float[] pixels, int height, int width, TokenBatch text) {
        try (Scope scope = Scope.open()) {
            Tensor images = Tensor.of(pixels, batch, height, width, 3);
            MdetrInput input = new MdetrInput(images, ImagePadding.none(batch, height, width), text);
            try (MdetrOutput out = model.forward(input, ForwardOptions.evaluation())) {
                List<float[]> read = new ArrayList<>();
                List<LayerOutput> layers = new ArrayList<>(out.auxiliary());
                layers.add(out.last());
                for (LayerOutput layer : layers) {
                    read.add(layer.logits().toFloats());
                    read.add(layer.boxes().toFloats());
                    if (layer.queryEmbeddings() != null) {
                        read.add(layer.queryEmbeddings().toFloats());
                    }
                }
                if (out.tokenEmbeddings() != null) {
                    read.add(out.tokenEmbeddings().toFloats());
                }
                return read;
            }
        }
    }

    /**
     * Passes over {@code count} sizes around the given one, none of them met before, each followed by another over the same
     * size.
     *
     * @return the first passes' times, then the second ones'
     */
    List<Timings> compareSizes(int height, int width, int count) {
        double[] unseen = new double[count];
        double[] seen = new double[count];
        for (int i = 0; i < count; i++) {
            // taller and narrower by turns, so that the work stays about the same
            int step = (i / 2 + 1) * (i % 2 == 0 ? 1 : -1);
            int h = Math.max(1, Math.round(height * (1 + 0.02f * step)));
            int w = Math.max(1, Math.round(width * (1 - 0.02f * step)));
            unseen[i] = run(h, w);
            seen[i] = run(h, w);
        }
        return List.of(Timings.of(unseen), Timings.of(seen));
    }
}
