package io.github.mdetr.nn.augmentation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Examples and fixtures of this package's tests. */
final class Examples {
    private Examples() {}

    /** Rows of the fixture. */
    static List<JsonNode> fixture(String list) throws IOException {
        try (InputStream in = Examples.class.getResourceAsStream("/augmentation/augmentation.json")) {
            List<JsonNode> rows = new ArrayList<>();
            new ObjectMapper().readTree(Objects.requireNonNull(in)).get(list).forEach(rows::add);
            return rows;
        }
    }

    /** The fixture's image of a size. */
    static RgbImage image(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int k = 0; k < rgb.length; k++) {
            rgb[k] = (byte) (k * 37L + k / 7 * 11L + (long) k * k / 1000);
        }
        return new RgbImage(width, height, rgb);
    }

    static TrainingExample example(int width, int height, String caption, ExampleObject... objects) {
        return new TrainingExample("e", image(width, height), List.of(new ExampleCaption(caption, List.of(objects))));
    }

    static ExampleObject object(float x0, float y0, float x1, float y1, int begin, int end) {
        return new ExampleObject(new PixelBox(x0, y0, x1, y1), List.of(new CodePointSpan(begin, end)), null);
    }
}
