package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.nn.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Writes scenes as files in the published annotation format: pictures below {@code images}, and for each group of captions
 * a file that names them: {@code captions.json}, {@code refexp.json} and {@code questions.json}, with one text of each kind
 * for every scene that has one.
 */
public final class WorldFiles {
    /** Where the pictures are, below the folder. */
    public static final String IMAGES = "images";

    private static final Map<CaptionKind.Group, String> NAMES = new EnumMap<>(Map.of(
            CaptionKind.Group.CAPTION, "captions.json",
            CaptionKind.Group.EXPRESSION, "refexp.json",
            CaptionKind.Group.QUESTION, "questions.json"));

    private final World world;
    private final String description;

    /**
     * Files of that world.
     *
     * @param description what the files say about themselves
     */
    public WorldFiles(World world, String description) {
        this.world = world;
        this.description = description;
    }

    /** The file of a group within the folder. */
    public static Path file(Path folder, CaptionKind.Group group) {
        return folder.resolve(NAMES.getOrDefault(group, group.name().toLowerCase(Locale.ROOT) + ".json"));
    }

    /** The name of a scene's picture below {@link #IMAGES}. */
    public static String imageName(long index) {
        return String.format(Locale.ROOT, "scene-%07d.png", index);
    }

    /**
     * Writes scenes.
     *
     * @param folder where to; made when it is not there
     * @param first index of the first scene, 0 or more
     * @param scenes how many, 1 or more
     * @param written called after each picture
     * @return how many entries each file has
     * @throws IllegalArgumentException if the folder is not empty or a number is out of its range
     * @throws IOException if something cannot be written; what was written stays, annotations under names in {@code .part}
     */
    public Map<CaptionKind.Group, Long> write(Path folder, long first, long scenes, Runnable written)
            throws IOException {
        if (first < 0 || scenes < 1) {
            throw new IllegalArgumentException(
                    "scenes to write: expected 1 or more from index 0 or more, got " + scenes + " from " + first);
        }
        prepare(folder);
        try {
            return writeInto(folder, first, scenes, written);
        } catch (FileSystemException e) { // names the file
            throw e;
        } catch (IOException e) {
            throw new IOException(folder + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<CaptionKind.Group, Long> writeInto(Path folder, long first, long scenes, Runnable written)
            throws IOException {
        Map<CaptionKind.Group, Long> entries = new EnumMap<>(CaptionKind.Group.class);
        try (AnnotationWriter captions = open(folder, CaptionKind.Group.CAPTION);
                AnnotationWriter expressions = open(folder, CaptionKind.Group.EXPRESSION);
                AnnotationWriter questions = open(folder, CaptionKind.Group.QUESTION)) {
            Map<CaptionKind.Group, AnnotationWriter> writers = new EnumMap<>(Map.of(
                    CaptionKind.Group.CAPTION, captions,
                    CaptionKind.Group.EXPRESSION, expressions,
                    CaptionKind.Group.QUESTION, questions));
            for (long i = first; i < first + scenes; i++) {
                RenderedScene rendered = world.scene(i);
                writePng(rendered.image(), folder.resolve(IMAGES).resolve(imageName(i)));
                long index = i;
                eachCaption(
                        i,
                        rendered.scene(),
                        writers,
                        (writer, caption) -> writer.image(index, imageName(index), rendered.scene(), caption));
                written.run();
            }
            for (AnnotationWriter writer : writers.values()) {
                writer.beginAnnotations();
            }
            // Making a scene again takes less than keeping the annotations of a million.
            for (long i = first; i < first + scenes; i++) {
                Scene scene = world.unrendered(i);
                eachCaption(i, scene, writers, (writer, caption) -> writer.annotations(scene, caption));
            }
            for (Map.Entry<CaptionKind.Group, AnnotationWriter> writer : writers.entrySet()) {
                writer.getValue().finish();
                entries.put(writer.getKey(), writer.getValue().images());
            }
        }
        return entries;
    }

    private AnnotationWriter open(Path folder, CaptionKind.Group group) throws IOException {
        return new AnnotationWriter(file(folder, group), description);
    }

    private static void prepare(Path folder) throws IOException {
        if (Files.exists(folder)) {
            if (!Files.isDirectory(folder)) {
                throw new IllegalArgumentException(folder + ": is a file; give the name of a folder");
            }
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new IllegalArgumentException(
                            folder + ": is not empty, and nothing in it is replaced; give another folder");
                }
            }
        }
        Files.createDirectories(folder.resolve(IMAGES));
    }

    private interface Sink {
        void accept(AnnotationWriter writer, Caption caption) throws IOException;
    }

    /** One text of each kind, always the same ones. */
    private void eachCaption(long index, Scene scene, Map<CaptionKind.Group, AnnotationWriter> writers, Sink sink)
            throws IOException {
        Captioner captioner = world.captioner(index, scene);
        for (CaptionKind kind : CaptionKind.values()) {
            Caption caption = captioner.caption(kind);
            AnnotationWriter writer = writers.get(kind.group());
            if (caption != null && writer != null) {
                sink.accept(writer, caption);
            }
        }
    }

    private static void writePng(RgbImage image, Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        if (!ImageIO.write(image.toBufferedImage(), "png", bytes)) {
            throw new IOException("this Java has no PNG writer");
        }
        Files.write(file, bytes.toByteArray()); // ImageIO would hide what went wrong with the file
    }
}
