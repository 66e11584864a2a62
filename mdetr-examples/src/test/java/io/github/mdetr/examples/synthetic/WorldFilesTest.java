package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.caption.Role;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.Segmentation;
import io.github.mdetr.nn.image.ImageReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorldFilesTest {
    private static final int FIRST = 5;
    private static final int SCENES = 12;
    private static final World WORLD = new World(77, SceneOptions.SMALL);

    @TempDir
    Path folder;

    private Map<CaptionKind.Group, Long> write() throws IOException {
        int[] written = {0};
        Map<CaptionKind.Group, Long> entries =
                new WorldFiles(WORLD, "a test").write(folder.resolve("out"), FIRST, SCENES, () -> written[0]++);
        assertEquals(SCENES, written[0]);
        return entries;
    }

    /** What the reader of the published format makes of the files is what the world says. */
    @ParameterizedTest
    @EnumSource(CaptionKind.Group.class)
    void filesAreReadBackAsTheyWereMeant(CaptionKind.Group group) throws IOException {
        Map<CaptionKind.Group, Long> entries = write();
        List<CaptionedImage> read = AnnotationFile.read(WorldFiles.file(folder.resolve("out"), group))
                .images();
        assertEquals(entries.get(group), read.size());
        int at = 0;
        for (long i = FIRST; i < FIRST + SCENES; i++) {
            Scene scene = WORLD.unrendered(i);
            Captioner captioner = WORLD.captioner(i, scene);
            for (CaptionKind kind : CaptionKind.values()) {
                Caption caption = captioner.caption(kind);
                if (kind.group() == group && caption != null) {
                    assertMeans(caption, i, scene, read.get(at++));
                }
            }
        }
        assertEquals(read.size(), at);
        assertTrue(at >= SCENES, at + " entries");
    }

    private static void assertMeans(Caption caption, long index, Scene scene, CaptionedImage read) {
        assertEquals(caption.text(), read.caption());
        assertEquals(WorldFiles.imageName(index), read.fileName());
        assertEquals(scene.size().width(), read.width());
        assertEquals(scene.size().height(), read.height());
        assertEquals("synthetic", read.source().dataset());
        assertEquals(caption.kind().label(), read.source().dataSource());
        assertEquals(Long.toString(index), read.source().originalId());
        if (caption.answer() == null) {
            assertNull(read.question());
        } else {
            assertNotNull(read.question());
            assertEquals(caption.answer(), read.question().answer());
            assertEquals(caption.kind().label(), read.question().type());
        }
        List<List<CodePointSpan>> phrases = new ArrayList<>();
        List<CodePointSpan> negative = new ArrayList<>();
        for (Mention m : caption.mentions()) {
            if (m.objects().isEmpty()) {
                negative.addAll(m.spans());
            } else {
                phrases.add(m.spans());
            }
        }
        assertEquals(phrases, read.tokensPositiveEval());
        assertEquals(negative, read.tokensNegative());
        int annotated = 0;
        for (int o = 0; o < scene.objects().size(); o++) {
            int object = o;
            List<Mention> naming = caption.mentions().stream()
                    .filter(m -> m.objects().contains(object))
                    .toList();
            if (!naming.isEmpty()) {
                Annotation a = read.annotations().get(annotated++);
                SceneObject truth = scene.objects().get(o);
                assertEquals(truth.box().x0(), a.x());
                assertEquals(truth.box().y0(), a.y());
                assertEquals(truth.box().x1(), a.x() + a.width());
                assertEquals(truth.box().y1(), a.y() + a.height());
                assertEquals(truth.visiblePixels(), a.area());
                boolean asked =
                        caption.kind() != CaptionKind.PACKED && naming.stream().anyMatch(m -> m.role() == Role.TARGET);
                assertEquals(asked, a.isFinal());
                assertEquals(naming.stream().flatMap(m -> m.spans().stream()).toList(), a.tokensPositive());
                assertArrayEquals(
                        scene.instances().mask(o),
                        decoded(assertInstanceOf(Segmentation.Runs.class, a.segmentation())));
            }
        }
        assertEquals(annotated, read.annotations().size());
    }

    private static boolean[] decoded(Segmentation.Runs runs) {
        boolean[] mask = new boolean[runs.height() * runs.width()];
        int at = 0;
        for (int r = 0; r < runs.counts().size(); r++) {
            for (long n = runs.counts().get(r); n > 0; n--, at++) {
                mask[at % runs.height() * runs.width() + at / runs.height()] = r % 2 == 1;
            }
        }
        assertEquals(mask.length, at);
        return mask;
    }

    @Test
    void picturesAreReadBack() throws IOException {
        write();
        for (long i = FIRST; i < FIRST + SCENES; i++) {
            Path file = folder.resolve("out").resolve(WorldFiles.IMAGES).resolve(WorldFiles.imageName(i));
            assertEquals(
                    WORLD.scene(i).image(),
                    ImageReader.of(ImageReader.Mode.SHOWN).read(file));
        }
    }

    @Test
    void nothingIsReplaced() throws IOException {
        write();
        String message =
                assertThrows(IllegalArgumentException.class, this::write).getMessage();
        assertTrue(message.contains("is not empty"), message);
        Path file = Files.createFile(folder.resolve("file"));
        WorldFiles files = new WorldFiles(WORLD, "a test");
        assertThrows(IllegalArgumentException.class, () -> files.write(file, 0, 1, () -> {}));
        assertThrows(IllegalArgumentException.class, () -> files.write(folder.resolve("new"), -1, 1, () -> {}));
        assertThrows(IllegalArgumentException.class, () -> files.write(folder.resolve("new"), 0, 0, () -> {}));
        assertTrue(Files.notExists(folder.resolve("new")));
    }

    /** A run that ends early leaves no file that looks whole. */
    @Test
    void whatIsNotFinishedIsCalledSo() {
        Path out = folder.resolve("out");
        assertThrows(
                IllegalStateException.class,
                () -> new WorldFiles(WORLD, "a test").write(out, 0, 3, () -> {
                    throw new IllegalStateException("stopped");
                }));
        for (CaptionKind.Group group : CaptionKind.Group.values()) {
            Path file = WorldFiles.file(out, group);
            assertTrue(Files.notExists(file));
            assertTrue(Files.exists(file.resolveSibling(file.getFileName() + ".part")));
        }
    }

    /** Areas, boxes and masks as pycocotools decodes the runs of the same scenes. */
    @Test
    void runsAreThoseThatPycocotoolsReads() throws IOException {
        try (InputStream fixture = getClass().getResourceAsStream("/synthetic/pycocotools.json");
                JsonParser json = new JsonFactory().createParser(fixture)) {
            int masks = 0;
            long scene = -1;
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("scene")) {
                    json.nextToken();
                    scene = json.getLongValue();
                } else if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("mask")) {
                    assertMask(json, WORLD.unrendered(scene));
                    masks++;
                }
            }
            assertTrue(masks >= 20, masks + " masks");
        }
    }

    /** An array: left, top, width, height, area, CRC-32 of the mask's bytes row by row. */
    private static void assertMask(JsonParser json, Scene scene) throws IOException {
        long[] expected = new long[6];
        json.nextToken();
        for (int i = 0; i < expected.length; i++) {
            json.nextToken();
            expected[i] = json.getLongValue();
        }
        boolean found = false;
        for (int o = 0; o < scene.objects().size(); o++) {
            SceneObject object = scene.objects().get(o);
            byte[] bytes = new byte[(int) scene.size().pixels()];
            boolean[] mask = scene.instances().mask(o);
            for (int p = 0; p < mask.length; p++) {
                bytes[p] = (byte) (mask[p] ? 1 : 0);
            }
            CRC32 crc = new CRC32();
            crc.update(bytes);
            long[] here = {
                (long) object.box().x0(),
                (long) object.box().y0(),
                (long) object.box().width(),
                (long) object.box().height(),
                object.visiblePixels(),
                crc.getValue()
            };
            found |= Arrays.equals(expected, here);
        }
        assertTrue(found, Arrays.toString(expected));
    }

    @Test
    void textsAreEndlessAndAlwaysTheSame() {
        List<String> once = new World(3, SceneOptions.SMALL).texts().limit(500).toList();
        assertEquals(once, new World(3, SceneOptions.SMALL).texts().limit(500).toList());
        assertTrue(once.stream().distinct().count() > 450);
        CRC32 crc = new CRC32();
        crc.update(String.join("\n", once).getBytes(StandardCharsets.UTF_8));
        assertEquals(3869585816L, crc.getValue(), "whoever changes the texts changes what was trained on them");
    }
}
