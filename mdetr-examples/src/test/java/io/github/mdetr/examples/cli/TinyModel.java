package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.ModelMetadata;
import io.github.mdetr.core.io.SafeTensorsWriter;
import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.nn.mdetr.ConfigArguments;
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
final class TinyModel {
    static final Path GOLDEN = Path.of("..", "mdetr-nn", "src", "test", "resources", "golden");
    static final Path VOCABULARY = Path.of("..", "mdetr-tokenizer", "src", "test", "resources", "golden", "vocab-tiny");

    private TinyModel() {}

    /** Writes it as {@code name} into a folder, with its training arguments or without. */
    static Path write(Path folder, String name, boolean withArguments) throws IOException {
        return write(ParityCase.read(GOLDEN, "tiny"), folder, name, withArguments);
    }

    /** The one that has the head of CLEVR-Ref+ too. */
    static Path writeWithIsFinal(Path folder, String name) throws IOException {
        return write(ParityCase.read(GOLDEN, "tiny-contrastive-isfinal"), folder, name, true);
    }

    private static Path write(ParityCase parity, Path folder, String name, boolean withArguments) throws IOException {
        FormulaWeights weights = parity.weights();
        List<TensorInfo> tensors = new ArrayList<>();
        weights.shapes()
                .forEach((n, shape) -> tensors.add(new TensorInfo(
                        n,
                        StoredType.F32,
                        Arrays.stream(shape.dims()).asLongStream().toArray())));
        Path file = folder.resolve(name);
        var metadata = new ModelMetadata(withArguments ? ConfigArguments.of(parity.config()) : null).toMetadata();
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
