package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.FormulaWeights;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The smallest reference model as files, and where the module's neighbours keep theirs. */
public final class TinyModel {
    public static final Path GOLDEN = Path.of("..", "mdetr-nn", "src", "test", "resources", "golden");
    public static final Path VOCABULARY =
            Path.of("..", "mdetr-tokenizer", "src", "test", "resources", "golden", "vocab-tiny");

    private TinyModel() {}

    /** Writes it as {@code name} into a folder, with its training arguments or without. */
    public static Path write(Path folder, String name, boolean withArguments) throws IOException {
        return write(ParityCase.read(GOLDEN, "tiny"), folder, name, withArguments);
    }

    /** The one that has the head of CLEVR-Ref+ too. */
    public static Path writeWithIsFinal(Path folder, String name) throws IOException {
        return write(ParityCase.read(GOLDEN, "tiny-contrastive-isfinal"), folder, name, true);
    }

    /** Its parts on half a ResNet-18 at stride 16. */
    public static Path writeNarrow(Path folder, String name) throws IOException {
        ParityCase tiny = ParityCase.read(GOLDEN, "tiny");
        MdetrConfig config = tiny.config().toBuilder()
                .backbone(BackboneType.RESNET18_HALF)
                .dilation(true)
                .build();
        List<FormulaWeights.Entry> entries = new ArrayList<>();
        try (MdetrModel model = MdetrModel.fresh(config, 1, Mode.TRAINING)) {
            // around 0, so that activations stay finite on large images; variances are none below 0
            model.parameters()
                    .all()
                    .forEach(p -> entries.add(new FormulaWeights.Entry(
                            p.name(), p.shape(), p.name().endsWith("running_var") ? 1 : 0, 0.1f)));
        }
        return write(new FormulaWeights("narrow", "7", entries), config, folder, name, true);
    }

    private static Path write(ParityCase parity, Path folder, String name, boolean withArguments) throws IOException {
        return write(parity.weights(), parity.config(), folder, name, withArguments);
    }

    private static Path write(
            FormulaWeights weights, MdetrConfig config, Path folder, String name, boolean withArguments)
            throws IOException {
        List<TensorInfo> tensors = new ArrayList<>();
        weights.shapes()
                .forEach((n, shape) -> tensors.add(new TensorInfo(
                        n,
                        StoredType.F32,
                        Arrays.stream(shape.dims()).asLongStream().toArray())));
        Path file = folder.resolve(name);
        var metadata = new ModelMetadata(withArguments ? ConfigArguments.of(config) : null).toMetadata();
        try (SafeTensorsWriter writer = SafeTensorsWriter.create(file, tensors, metadata)) {
            for (TensorInfo t : tensors) {
                ByteBuffer b = ByteBuffer.allocate((int) t.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
                weights.read(t.name(), 0, b.asFloatBuffer());
                writer.write(t.name(), b);
            }
            writer.commit();
        }
        return file;
    }
}
