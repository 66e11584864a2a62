package io.github.mdetr.nn.training;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.Normalization;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.text.TokenBatch;
import java.util.List;

/**
 * A batch on the Java heap, ready for the model.
 *
 * @param images side by side
 * @param tokens of all captions, those of an image in a row
 * @param targets of each caption
 * @param ids of the examples
 */
public record PreparedBatch(ImageBatch images, TokenBatch tokens, List<Target> targets, List<String> ids) {
    /** Copies the lists. */
    public PreparedBatch {
        targets = List.copyOf(targets);
        ids = List.copyOf(ids);
    }

    /** The model's input on a device; the caller's to close. */
    public MdetrInput input(Device device) {
        try (Scope scope = Scope.open()) {
            Tensor pixels =
                    Tensor.empty(device, DType.FLOAT32, Shape.of(images.count(), images.height(), images.width(), 3));
            pixels.write((from, block) -> images.read(Normalization.imageNet(), from, block));
            return new MdetrInput(scope.keep(pixels), images.padding(), tokens);
        }
    }
}
