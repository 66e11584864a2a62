package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Damaged and odd files give what Pillow gives, pixels or an error: the lines of {@code make_damaged.py}. */
class DamagedImagesTest {
    private static final Path LINES = ImageFixtures.RESOURCES.resolve("damaged.txt");
    private static final Path FOLDER = ImageFixtures.RESOURCES.resolve("damaged");

    /** One test a whole file, over all that was done to it. */
    @TestFactory
    Stream<DynamicTest> everyOutcomeIsPillows() throws IOException {
        List<Row> rows = rows();
        assertTrue(rows.size() > 2000, "the list is cut");
        return rows.stream()
                .map(Row::file)
                .distinct()
                .map(file -> DynamicTest.dynamicTest(file, () -> {
                    List<String> others = new ArrayList<>();
                    for (Row row : rows) {
                        if (row.file().equals(file)) {
                            compare(row, others);
                        }
                    }
                    assertEquals(List.of(), others, others.size() + " other outcomes");
                }));
    }

    /** What is read although it is damaged comes with a note, and is an error in the strict mode; else it is whole. */
    @Test
    void strictIsWhatReadsWithoutANote() throws IOException {
        int noted = 0;
        for (Row row : rows()) {
            List<String> notes = new ArrayList<>();
            String read = outcome(row.bytes(), ImageReader.of(ImageReader.Mode.STORED), notes);
            String strict =
                    outcome(row.bytes(), ImageReader.of(ImageReader.Mode.STORED).strict(), new ArrayList<>());
            assertEquals(notes.isEmpty() ? read : "error", strict, row + " " + notes);
            noted += notes.isEmpty() ? 0 : 1;
        }
        assertTrue(noted > 500, noted + " files with notes");
    }

    /** Every so many of the files, for tests that do other things with them. */
    static Stream<byte[]> files(String ending, int step) throws IOException {
        List<byte[]> files = new ArrayList<>();
        List<Row> rows =
                rows().stream().filter(row -> row.file().endsWith(ending)).toList();
        for (int i = 0; i < rows.size(); i += step) {
            files.add(rows.get(i).bytes());
        }
        return files.stream();
    }

    private static void compare(Row row, List<String> others) throws IOException {
        String stored = outcome(row.bytes(), ImageReader.of(ImageReader.Mode.STORED), new ArrayList<>());
        if (!stored.equals(row.stored())) {
            others.add(row + " stored " + stored);
        } else if (!row.shown().equals("-")) {
            String shown = outcome(row.bytes(), ImageReader.of(ImageReader.Mode.SHOWN), new ArrayList<>());
            if (!shown.equals(row.shown().equals("=") ? row.stored() : row.shown())) {
                others.add(row + " shown " + shown);
            }
        }
    }

    private static String outcome(byte[] bytes, ImageReader reader, List<String> notes) {
        try {
            RgbImage image = reader.read(bytes, "damaged", notes::add);
            return image.size() + "/" + ImageFixtures.sha256(image.rgb()).substring(0, 16);
        } catch (ImageReadException e) {
            return "error";
        }
    }

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(LINES, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(" ", -1))
                .map(parts -> new Row(parts[0], parts[1], parts[2], parts[3]))
                .toList();
    }

    /** A line: a whole file, what was done to it, and what Pillow makes of it. */
    private record Row(String file, String edits, String stored, String shown) {
        byte[] bytes() throws IOException {
            Path committed = FOLDER.resolve(file);
            byte[] bytes = Files.readAllBytes(Files.exists(committed) ? committed : ImageFixtures.FILES.resolve(file));
            List<String> all = edits.isEmpty() ? List.of() : Arrays.asList(edits.split(",", -1));
            List<Edit> sorted = all.stream().map(Edit::of).sorted().toList();
            for (Edit edit : sorted) {
                ByteArrayOutputStream changed = new ByteArrayOutputStream();
                changed.write(bytes, 0, edit.at());
                changed.writeBytes(edit.added());
                changed.write(bytes, edit.at() + edit.removed(), bytes.length - edit.at() - edit.removed());
                bytes = changed.toByteArray();
            }
            return bytes;
        }
    }

    private static final class Edit implements Comparable<Edit> {
        private final int at;
        private final int removed;
        private final byte[] added;

        private Edit(int at, int removed, byte[] added) {
            this.at = at;
            this.removed = removed;
            this.added = added;
        }

        static Edit of(String text) {
            String[] parts = text.split(":", -1);
            return new Edit(
                    Integer.parseInt(parts[0]),
                    Integer.parseInt(parts[1]),
                    HexFormat.of().parseHex(parts[2]));
        }

        int at() {
            return at;
        }

        int removed() {
            return removed;
        }

        byte[] added() {
            return added;
        }

        /** The last first, so that the others' places stay; of two at one place the larger. */
        @Override
        public int compareTo(Edit other) {
            int byPlace = Integer.compare(other.at, at);
            int byRemoved = byPlace != 0 ? byPlace : Integer.compare(other.removed, removed);
            return byRemoved != 0 ? byRemoved : Arrays.compareUnsigned(other.added, added);
        }
    }
}
