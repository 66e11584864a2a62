package io.github.mdetr.nn.augmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.ResizePolicy;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pixels are those of Pillow to the bit, boxes those of torchvision, sizes those of the published rule. */
class ExampleGeometryTest {
    static Stream<JsonNode> rows() throws IOException {
        List<JsonNode> rows = Examples.fixture("rows");
        assertEquals(72, rows.size());
        return rows.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void pixelsAndBoxesAreTorchvisions(JsonNode row) throws NoSuchAlgorithmException {
        JsonNode a = row.get("arguments");
        List<ExampleObject> objects = new ArrayList<>();
        for (JsonNode b : row.get("boxes")) {
            int i = objects.size();
            objects.add(new ExampleObject(box(b), List.of(new CodePointSpan(i, i + 1)), i % 2 == 0));
        }
        TrainingExample before = Examples.example(
                row.get("size").get(0).asInt(),
                row.get("size").get(1).asInt(),
                "12345678",
                objects.toArray(ExampleObject[]::new));
        TrainingExample after = switch (row.get("op").asText()) {
            case "mirror" -> ExampleGeometry.mirror(before);
            case "resize" ->
                ExampleGeometry.resize(
                        before, new ImageSize(a.get(0).asInt(), a.get(1).asInt()));
            default ->
                ExampleGeometry.crop(
                        before,
                        a.get(0).asInt(),
                        a.get(1).asInt(),
                        new ImageSize(a.get(2).asInt(), a.get(3).asInt()));
        };
        assertEquals(row.get("out").get(0).asInt(), after.image().width());
        assertEquals(row.get("out").get(1).asInt(), after.image().height());
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(after.image().rgb());
        assertEquals(row.get("sha256").asText(), HexFormat.of().formatHex(digest));
        List<ExampleObject> left = after.captions().get(0).objects();
        assertEquals(row.get("kept").size(), left.size());
        for (int k = 0; k < left.size(); k++) {
            ExampleObject original = objects.get(row.get("kept").get(k).asInt());
            assertEquals(original.spans(), left.get(k).spans());
            assertEquals(original.isFinal(), left.get(k).isFinal());
            PixelBox expected = box(row.get("after").get(k));
            PixelBox got = left.get(k).box();
            float tolerance = 1e-6f * (after.image().width() + after.image().height());
            assertEquals(expected.x0(), got.x0(), tolerance);
            assertEquals(expected.y0(), got.y0(), tolerance);
            assertEquals(expected.x1(), got.x1(), tolerance);
            assertEquals(expected.y1(), got.y1(), tolerance);
        }
    }

    private static PixelBox box(JsonNode b) {
        return new PixelBox(
                (float) b.get(0).asDouble(),
                (float) b.get(1).asDouble(),
                (float) b.get(2).asDouble(),
                (float) b.get(3).asDouble());
    }

    @Test
    void sizesAreThoseOfThePublishedRule() throws IOException {
        List<JsonNode> sizes = Examples.fixture("sizes");
        assertTrue(sizes.size() > 200);
        for (JsonNode row : sizes) {
            int longest = row.get("longest").isNull()
                    ? Integer.MAX_VALUE
                    : row.get("longest").asInt();
            assertEquals(
                    new ImageSize(
                            row.get("out").get(0).asInt(), row.get("out").get(1).asInt()),
                    ResizePolicy.shortestSide(row.get("shortest").asInt(), longest)
                            .apply(new ImageSize(
                                    row.get("size").get(0).asInt(),
                                    row.get("size").get(1).asInt())),
                    row.toString());
        }
    }

    @Test
    void anObjectThatIsCutAwayGoesFromEachCaptionWithItsWords() {
        ExampleObject left = Examples.object(0, 0, 10, 10, 2, 5);
        ExampleObject right = Examples.object(20, 0, 30, 10, 8, 11);
        TrainingExample both = new TrainingExample(
                "e",
                Examples.image(40, 10),
                List.of(
                        new ExampleCaption("a dog, a cat", List.of(left, right)),
                        new ExampleCaption("dog", List.of(left))));
        TrainingExample part = ExampleGeometry.crop(both, 10, 0, new ImageSize(30, 10));
        assertEquals(
                List.of(
                        new ExampleCaption("a dog, a cat", List.of(Examples.object(10, 0, 20, 10, 8, 11))),
                        new ExampleCaption("dog", List.of())),
                part.captions());
    }

    /** 40 − 1e-14 is 40 in floats. */
    @Test
    void aSliverThatRoundingTakesIsNoObject() {
        TrainingExample e = new TrainingExample(
                "e",
                Examples.image(40, 10),
                List.of(new ExampleCaption(
                        "a dog",
                        List.of(
                                Examples.object(0, 0, 1e-14f, 10, 2, 5),
                                Examples.object(0, 0, 5, Float.MIN_VALUE, 2, 5),
                                Examples.object(0, 0, 5, 10, 2, 5)))));
        assertEquals(
                List.of(new ExampleCaption("a dog", List.of(Examples.object(17.5f, 0, 20, 5, 2, 5)))),
                ExampleGeometry.resize(ExampleGeometry.mirror(e), new ImageSize(20, 5))
                        .captions());
    }

    @Test
    void aPartBeyondTheImageIsRefused() {
        TrainingExample e = Examples.example(4, 3, "a");
        for (int[] part : new int[][] {{1, 0, 4, 3}, {0, 1, 4, 3}, {-1, 0, 2, 2}, {0, -1, 2, 2}, {4, 0, 1, 1}}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ExampleGeometry.crop(e, part[0], part[1], new ImageSize(part[2], part[3])));
        }
        assertEquals(
                "crop of 4x3 at (1, 0): reaches beyond the image of 4x3",
                assertThrows(IllegalArgumentException.class, () -> ExampleGeometry.crop(e, 1, 0, new ImageSize(4, 3)))
                        .getMessage());
    }
}
