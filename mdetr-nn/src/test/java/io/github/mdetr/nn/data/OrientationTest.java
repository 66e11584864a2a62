package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that EXIF turns, beside Pillow's (fixtures/annotations), and that boxes lie on what they are drawn around. */
class OrientationTest {
    private static final Path FILES = Path.of("src/test/resources/annotations");
    private static final ImageSize STORED = new ImageSize(4, 7);
    private static final ImageSize SHOWN = new ImageSize(7, 4);
    private static final ImageSize SQUARE = new ImageSize(5, 5);

    private static JsonNode row(int orientation) throws IOException {
        return new ObjectMapper()
                .readTree(FILES.resolve("turned.json").toFile())
                .get(orientation - 1);
    }

    private static AnnotatedExamples examples(JsonNode row, JsonNode size, Orientation orientation) {
        JsonNode box = row.get("box");
        float x = box.get(0).asInt();
        float y = box.get(1).asInt();
        float w = box.get(2).asInt();
        float h = box.get(3).asInt();
        Segmentation mask = new Segmentation.Polygons(List.of(new float[] {x, y, x + w, y, x + w, y + h, x, y + h}));
        Annotation a = new Annotation("1", x, y, w, h, w * h, false, List.of(), false, mask);
        CaptionedImage entry = new CaptionedImage(
                "1",
                row.get("file").asText(),
                size.get(0).asInt(),
                size.get(1).asInt(),
                "white",
                List.of(),
                List.of(),
                new CaptionedImage.Source(null, null, null, null, null, null),
                null,
                List.of(a));
        return new AnnotatedExamples(new AnnotationFile(List.of(entry)), FILES, orientation);
    }

    private static RgbImage read(int orientation, String size, Orientation way) throws IOException {
        JsonNode row = row(orientation);
        return examples(row, row.get(size).get("size"), way).read(0).image();
    }

    private static String sha256(RgbImage image) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image.rgb()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void shownIsWhatPillowTransposes(int orientation) throws Exception {
        RgbImage image = read(orientation, "shown", Orientation.SHOWN);
        assertEquals(row(orientation).get("shown").get("sha256").asText(), sha256(image));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void storedIsWhatPillowOpens(int orientation) throws Exception {
        RgbImage image = read(orientation, "stored", Orientation.STORED);
        assertEquals(row(orientation).get("stored").get("sha256").asText(), sha256(image));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 7, 8})
    void theStatedSizeTellsQuarterTurns(int orientation) throws Exception {
        for (String way : List.of("stored", "shown")) {
            RgbImage image = read(orientation, way, Orientation.AUTO);
            assertEquals(row(orientation).get(way).get("sha256").asText(), sha256(image), way);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void whereBothWaysHaveOneSizeItIsAsStored(int orientation) throws Exception {
        RgbImage image = read(orientation, "shown", Orientation.AUTO);
        assertEquals(row(orientation).get("stored").get("sha256").asText(), sha256(image));
    }

    /** Box and outline around the white pixels, and around nothing else, without having been turned themselves. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void annotationsOfThePictureAsShownLieOnIt(int orientation) throws IOException {
        JsonNode row = row(orientation);
        AnnotatedExamples examples = examples(row, row.get("shown").get("size"), Orientation.SHOWN);
        TrainingExample example = examples.read(0);
        var box = example.captions().get(0).objects().get(0).box();
        for (int y = 0; y < example.image().height(); y++) {
            for (int x = 0; x < example.image().width(); x++) {
                boolean inside = x >= box.x0() && x < box.x1() && y >= box.y0() && y < box.y1();
                assertEquals(inside, example.image().pixel(x, y) == 0xffffff, x + ", " + y);
            }
        }
    }

    @Test
    void aSizeOfNeitherWayIsRefusedWithBoth() throws IOException {
        JsonNode row = row(6);
        JsonNode wrong = new ObjectMapper().readTree("[31, 20]");
        assertEquals(
                "image 1 (turned-6.png): expected 31x20 pixels as the annotations say, got 20x30 as stored and 30x20 as"
                        + " shown, of which auto is to be read; use the picture that the boxes were drawn on, or scale"
                        + " them to this one and state its size",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> examples(row, wrong, Orientation.AUTO).read(0))
                        .getMessage());
    }

    @Test
    void theOtherWayThanStatedIsRefused() throws IOException {
        JsonNode row = row(8);
        for (Orientation way : List.of(Orientation.STORED, Orientation.SHOWN)) {
            JsonNode other =
                    row.get(way == Orientation.STORED ? "shown" : "stored").get("size");
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> examples(row, other, way).read(0),
                            way.toString())
                    .getMessage();
            Orientation fix = way == Orientation.STORED ? Orientation.SHOWN : Orientation.STORED;
            String advice =
                    "; the boxes are drawn on it as " + fix + ": state --orientation " + fix + ", or leave it out";
            assertTrue(message.endsWith(advice), message);
        }
    }

    @ParameterizedTest
    @EnumSource(Orientation.class)
    void theWayFollowsFromSizes(Orientation mode) {
        List<Orientation> ways = new ArrayList<>();
        ways.add(mode.way(STORED, SHOWN, STORED));
        ways.add(mode.way(STORED, SHOWN, SHOWN));
        ways.add(mode.way(SQUARE, SQUARE, SQUARE));
        ways.add(mode.way(STORED, SHOWN, SQUARE));
        assertNull(ways.get(3));
        assertFalse(ways.contains(Orientation.AUTO));
        assertEquals(mode == Orientation.SHOWN ? null : Orientation.STORED, ways.get(0));
        assertEquals(mode == Orientation.STORED ? null : Orientation.SHOWN, ways.get(1));
        assertEquals(mode == Orientation.SHOWN ? Orientation.SHOWN : Orientation.STORED, ways.get(2));
    }
}
