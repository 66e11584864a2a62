package io.github.mdetr.examples.programs;

import io.github.mdetr.examples.visualization.Annotator;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import io.github.mdetr.nn.pipeline.Phrase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** Finds in a picture what a caption speaks of: prints boxes with their words, and draws them on a copy of the picture. */
public final class Detect {
    private Detect() {}

    /** Takes a checkpoint, the folder of its vocabulary, a picture, a caption, and the picture to write. */
    public static void main(String... args) throws IOException {
        Arguments in = Arguments.of(Detect.class, "WEIGHTS VOCABULARY IMAGE CAPTION OUT.png", args);
        Path drawn = in.newPath("OUT.png");
        RgbImage image = ImageReader.of(ImageReader.Mode.SHOWN).read(in.path("IMAGE"));
        LoadOptions load =
                LoadOptions.builder().vocabulary(in.path("VOCABULARY")).build();
        try (Mdetr mdetr = Mdetr.load(in.path("WEIGHTS"), load)) {
            DetectResult found = mdetr.detect(image, in.text("CAPTION"), DetectOptions.defaults());
            found.warnings().forEach(System.err::println);
            if (found.detections().isEmpty()) {
                System.out.println("nothing found");
            }
            for (Detection d : found.detections()) {
                PixelBox b = d.box(); // pixels of the picture as it is shown
                String words = d.phrases().stream().map(Phrase::text).collect(Collectors.joining(", "));
                System.out.printf(
                        Locale.ROOT,
                        "%.3f  (%d, %d) to (%d, %d)  %s%n",
                        d.score(),
                        Math.round(b.x0()),
                        Math.round(b.y0()),
                        Math.round(b.x1()),
                        Math.round(b.y1()),
                        words);
            }
            try (OutputStream out = Files.newOutputStream(drawn)) {
                ImageIO.write(Annotator.annotate(image, List.of(found)), "png", out);
            }
        }
    }
}
