package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.training.SkippedImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The images that a run passes over, a line of JSON for each: {@code {"set":"a.json","image":"7.png","reason":"…"}}. */
final class SkippedFile {
    /** Its name in a run's folder. */
    static final String NAME = "skipped-images.jsonl";

    private record Line(String set, Path image) {}

    private final Path file;
    private final List<Line> before;
    private final Set<Path> skipped = new HashSet<>();

    private SkippedFile(Path file, List<Line> before) {
        this.file = file;
        this.before = before;
        before.forEach(l -> skipped.add(l.image()));
    }

    /** How many images the run has passed over, before it was resumed too. */
    synchronized int count() {
        return skipped.size();
    }

    /** Of a run that goes on, or begins. */
    static SkippedFile of(Path folder, boolean goesOn) throws IOException {
        Path file = folder.resolve(NAME);
        List<Line> before = new ArrayList<>();
        if (goesOn && Files.exists(file)) {
            // A line that was cut is none: its image will be found again.
            for (String text : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
                String set = field(text, "set");
                String image = field(text, "image");
                if (!image.isEmpty() && image.indexOf('\0') < 0) {
                    before.add(new Line(set, Path.of(image)));
                }
            }
        }
        return new SkippedFile(file, before);
    }

    private static String field(String text, String name) throws IOException {
        String value = "";
        try (JsonParser json = new JsonFactory().createParser(text)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_STRING && name.equals(json.currentName())) {
                    value = json.getText();
                }
            }
            return value;
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    /**
     * Those of one set of images.
     *
     * @param files of the set; what several entries name counts once, and what was skipped elsewhere not at all
     */
    SkippedImages of(String set, Stream<Path> files) {
        Set<Path> all = files.collect(Collectors.toSet());
        List<Path> known = before.stream()
                .filter(l -> l.set().equals(set) && all.contains(l.image()))
                .map(Line::image)
                .toList();
        return new SkippedImages(set, all.size(), known, (image, reason) -> add(set, image, reason));
    }

    private synchronized void add(String set, Path image, String reason) throws IOException {
        skipped.add(image);
        String line = JsonLine.write(false, json -> {
            json.writeStringField("set", set);
            json.writeStringField("image", image.toString());
            json.writeStringField("reason", reason);
        });
        boolean cut = Files.exists(file) && !endsLine();
        Files.writeString(file, (cut ? "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private boolean endsLine() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
    }
}
