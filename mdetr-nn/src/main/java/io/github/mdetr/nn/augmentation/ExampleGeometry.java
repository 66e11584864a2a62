package io.github.mdetr.nn.augmentation;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.BilinearResize;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The changes themselves, without chance: an example at another size, a part of it, its mirror image. */
public final class ExampleGeometry {
    private ExampleGeometry() {}

    /** The image by PIL's antialiased bilinear filter, the boxes by the ratios of the sides. */
    public static TrainingExample resize(TrainingExample example, ImageSize size) {
        RgbImage image = example.image();
        if (image.size().equals(size)) {
            return example;
        }
        float x = (float) size.width() / image.width();
        float y = (float) size.height() / image.height();
        return changed(
                example,
                BilinearResize.resize(image, size),
                b -> new PixelBox(b.x0() * x, b.y0() * y, b.x1() * x, b.y1() * y),
                c -> c);
    }

    /**
     * A part of the image. Boxes are cut at its border; an object of which nothing is left goes, with its words, and so may all
     * of a caption's. The captions stay: what they say of the rest becomes "no object".
     *
     * @param left first column
     * @param top first row
     * @throws IllegalArgumentException if the part reaches beyond the image
     */
    public static TrainingExample crop(TrainingExample example, int left, int top, ImageSize size) {
        RgbImage image = example.image();
        return changed(example, image.crop(left, top, size), b -> cropped(b, left, top, size), c -> c);
    }

    /** The mirror image, left and right exchanged, in the captions too ({@link MirroredCaption}). */
    public static TrainingExample mirror(TrainingExample example) {
        float width = example.image().width();
        return changed(
                example,
                example.image().mirrored(),
                b -> new PixelBox(width - b.x1(), b.y0(), width - b.x0(), b.y1()),
                ExampleGeometry::mirrored);
    }

    /** What is left of a box in a part of the image, in the part's pixels; empty when nothing is. */
    static PixelBox cropped(PixelBox b, int left, int top, ImageSize size) {
        return new PixelBox(
                Math.max(b.x0() - left, 0),
                Math.max(b.y0() - top, 0),
                Math.min(b.x1() - left, size.width()),
                Math.min(b.y1() - top, size.height()));
    }

    private static ExampleCaption mirrored(ExampleCaption caption) {
        MirroredCaption mirror = MirroredCaption.of(caption.text());
        if (mirror.text().equals(caption.text())) {
            return caption;
        }
        return new ExampleCaption(
                mirror.text(),
                caption.objects().stream()
                        .map(o -> new ExampleObject(
                                o.box(), o.spans().stream().map(mirror::map).toList(), o.isFinal()))
                        .toList());
    }

    /** Objects of whose boxes nothing is left go, be it to a border or to rounding. */
    private static TrainingExample changed(
            TrainingExample example,
            RgbImage image,
            UnaryOperator<PixelBox> change,
            UnaryOperator<ExampleCaption> words) {
        List<ExampleCaption> captions = new ArrayList<>();
        for (ExampleCaption caption : example.captions()) {
            List<ExampleObject> objects = new ArrayList<>();
            for (ExampleObject object : caption.objects()) {
                PixelBox box = change.apply(object.box());
                if (!box.isEmpty()) {
                    objects.add(new ExampleObject(box, object.spans(), object.isFinal()));
                }
            }
            captions.add(words.apply(new ExampleCaption(caption.text(), objects)));
        }
        return new TrainingExample(example.id(), image, captions);
    }
}
