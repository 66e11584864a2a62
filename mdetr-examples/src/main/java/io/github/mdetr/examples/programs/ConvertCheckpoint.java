package io.github.mdetr.examples.programs;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.CheckpointConverter;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Converts a published checkpoint to safetensors, and checks that both say the same of a picture, to the last bit. */
public final class ConvertCheckpoint {
    private ConvertCheckpoint() {}

    /** Takes a checkpoint, the file to write, the folder of the vocabulary, and a picture with its caption. */
    public static void main(String... args) throws IOException {
        Arguments in = Arguments.of(ConvertCheckpoint.class, "IN.pth OUT.safetensors VOCABULARY IMAGE CAPTION", args);
        Path from = in.path("IN.pth");
        Path to = in.newPath("OUT.safetensors");
        CheckpointConverter.convert(from, to, Checkpoint.MODEL);
        for (Path file : List.of(from, to)) {
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                System.out.println(
                        checkpoint + ": " + checkpoint.model().tensors().size() + " tensors");
            }
        }

        LoadOptions load =
                LoadOptions.builder().vocabulary(in.path("VOCABULARY")).build();
        RgbImage image = ImageReader.of(ImageReader.Mode.SHOWN).read(in.path("IMAGE"));
        DetectRequest request = DetectRequest.of(image, in.text("CAPTION"));
        float[][] outputs = outputs(from, load, request);
        if (!Arrays.deepEquals(outputs, outputs(to, load, request))) {
            throw new IllegalStateException(to + ": says something else than " + from);
        }
        System.out.println("equal: " + outputs[0].length + " logits, " + outputs[1].length + " coordinates of boxes");
    }

    /** What a model says before it is made readable: its logits [Q, 256] and its boxes [Q, 4]. */
    static float[][] outputs(Path weights, LoadOptions load, DetectRequest request) throws IOException {
        try (Mdetr mdetr = Mdetr.load(weights, load);
                MdetrInput input = mdetr.prepare(List.of(request), mdetr.evaluationResize());
                MdetrOutput output = mdetr.model().forward(input)) {
            return new float[][] {output.logits().toFloats(), output.boxes().toFloats()};
        }
    }
}
