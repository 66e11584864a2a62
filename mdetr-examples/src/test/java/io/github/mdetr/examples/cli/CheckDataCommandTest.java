package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check-data}: every kind of fault is found and named, and nothing else. */
class CheckDataCommandTest {
    @TempDir
    Path folder;

    private final List<String> images = new ArrayList<>();
    private final List<String> annotations = new ArrayList<>();

    @BeforeEach
    void makeImage() throws IOException {
        ImageIO.write(
                new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB),
                "png",
                folder.resolve("a.png").toFile());
    }

    private void image(int id, String file, int width, int height, String caption, String more) {
        images.add(String.format(
                "{\"id\": %d, \"file_name\": \"%s\", \"width\": %d, \"height\": %d, \"caption\": \"%s\"%s}",
                id, file, width, height, caption, more));
    }

    private void object(int id, int image, String box, String spans, String more) {
        annotations.add(String.format(
                "{\"id\": %d, \"image_id\": %d, \"bbox\": [%s], \"tokens_positive\": [%s]%s}",
                id, image, box, spans, more));
    }

    private Path file() throws IOException {
        return Files.writeString(
                folder.resolve("data.json"), "{\"images\": " + images + ", \"annotations\": " + annotations + "}");
    }

    private Run check(Object... more) throws IOException {
        List<Object> words =
                new ArrayList<>(List.of("check-data", file(), "--images", folder, "--vocab", TinyModel.VOCABULARY));
        words.addAll(List.of(more));
        return Run.mdetr(words.toArray());
    }

    /** Findings without their advice, which stands behind the message on the line. */
    private List<String> messages() throws IOException {
        List<String> found = new ArrayList<>();
        for (JsonNode f : new ObjectMapper().readTree(check("--json").out()).get("findings")) {
            assertFalse(f.get("advice").asText().isBlank(), f.toString());
            found.add(String.format("%-5s  ", f.get("level").asText())
                    + f.get("message").asText());
        }
        return found;
    }

    private static List<String> findings(Run run) {
        return run.outLines().stream()
                .filter(l -> l.startsWith("error  ") || l.startsWith("note   "))
                .toList();
    }

    private void wholeExample() {
        image(1, "a.png", 20, 10, "a 🐕 and the dog", ", \"tokens_positive_eval\": [[[2, 3]]], \"answer\": \"yes\"");
        object(11, 1, "0, 0, 20, 10", "[2, 3], [8, 15]", "");
        object(12, 1, "0, 0, 20.9, 10.5", "[12, 15]", ", \"iscrowd\": 1, \"isfinal\": 1");
        image(2, "a.png", 20, 10, "The Dog", "");
        object(13, 2, "1, 1, 2, 2", "[4, 7]", "");
        object(14, 2, "3, 1, 2, 2", "[4, 7]", "");
    }

    @Test
    void whatIsRightHasNoFindingsAndIsCounted() throws IOException {
        wholeExample();
        Run run = check();
        assertEquals(0, run.code(), run.out() + run.err());
        assertEquals(List.of(), findings(run));
        assertEquals(
                List.of(
                        "file       " + folder.resolve("data.json") + ", " + Files.size(folder.resolve("data.json"))
                                + " bytes",
                        "entries    2, of 1 image",
                        "sizes      width 20 to 20, median 20; height 10 to 10, median 10 pixels",
                        "objects    4, 2 to 2, median 2 a caption, 1 crowd, 1 final",
                        "spans      5",
                        "questions  1",
                        "words      \"dog\" 3, \"🐕 … the dog\" 1",
                        "errors     none",
                        "notes      none"),
                run.outLines().stream().filter(l -> !l.startsWith("captions")).toList());
        assertTrue(run.out().contains("captions   7 to 15, median 7 characters; "), run.out());
    }

    /** Once, however many entries name it. */
    @Test
    void aDamagedImageThatIsReadAllTheSameIsANote() throws IOException {
        wholeExample();
        byte[] png = Files.readAllBytes(folder.resolve("a.png"));
        Files.write(folder.resolve("a.png"), Arrays.copyOf(png, png.length - 12)); // the last chunk, which ends it
        Run run = check();
        assertEquals(0, run.code(), run.out() + run.err());
        List<String> found = findings(run);
        assertEquals(1, found.size(), run.out());
        assertTrue(
                found.get(0).startsWith("note   ") && found.get(0).contains(folder.resolve("a.png") + ": "),
                found.get(0));
    }

    @Test
    void everyFaultIsNamedWithItsEntry() throws IOException {
        String words = IntStream.range(0, 300).mapToObj(i -> "a").collect(Collectors.joining(" "));
        image(1, "gone.png", 20, 10, "a dog", "");
        object(1, 1, "0, 0, 2, 2", "[2, 5]", "");
        image(2, "gone.png", 20, 10, "a dog", "");
        object(2, 2, "0, 0, 2, 2", "[2, 5]", "");
        image(3, "a.png", 10, 20, "a\\tdog", "");
        object(3, 3, "0, 0, 2, 2", "[2, 5]", "");
        image(4, "a.png", 20, 10, "a dog's bone", ", \"tokens_negative\": [[8, 13]]");
        object(4, 4, "1, 2, 0, -3", "[2, 5]", "");
        object(5, 4, "20, 2, 3, 3", "[2, 5]", "");
        object(6, 4, "15, 2, 7, 3.25", "[8, 12]", "");
        object(7, 4, "1, 2, 3, 3", "[8, 40]", "");
        object(8, 4, "1, 2, 3, 3", "[40, 41]", "");
        object(9, 4, "1, 2, 3, 3", "[3, 3]", "");
        object(0, 4, "1, 2, 3, 3", "[3, 6]", "");
        object(11, 4, "1, 2, 3, 3", "", "");
        image(5, "a.png", 20, 10, "a    b", "");
        object(12, 5, "1, 2, 3, 3", "[1, 5]", "");
        image(6, "a.png", 20, 10, words, "");
        object(13, 6, "1, 2, 3, 3", "[596, 597]", "");
        image(7, "a.png", 20, 10, words + " " + words, "");
        image(8, "a.png", 20, 10, "half \\ud83d", "");
        image(9, "a.png", 20, 10, "a b", "");
        object(14, 9, "1, 2, 3, 3", "[1, 2]", "");
        object(15, 9, "1, 2, 1e-8, 3", "[2, 3]", "");
        Run run = check();
        assertEquals(1, run.code(), run.err());
        Path gone = folder.resolve("gone.png");
        String shown = words.substring(0, 60) + "…";
        assertEquals(
                List.of(
                        "error  image 1 (gone.png): " + gone + ": no such file; 1 more entry names it",
                        "error  image 3 (a.png): the image has 20x10 pixels, expected 10x20 as stated",
                        "error  image 4 (a.png): annotation 4: box [1, 2, 0, -3]: expected [x, y, width, height] with width"
                                + " and height above 0",
                        "error  image 4 (a.png): annotation 5: box [20, 2, 3, 3] lies outside the image of 20x10",
                        "error  image 4 (a.png): annotation 6: box [15, 2, 7, 3.25] reaches 2 pixels beyond the image of"
                                + " 20x10",
                        "error  image 4 (a.png): annotation 7: span [8, 40) \"bone\": expected an end of at most 12, the"
                                + " caption's characters",
                        "error  image 4 (a.png): annotation 8: span [40, 41): expected an end of at most 12, the caption's"
                                + " characters",
                        "error  image 4 (a.png): annotation 9: span [3, 3): expected one character or more",
                        "note   image 4 (a.png): annotation 0: span [3, 6) \"og'\" is a part of \"dog'\"",
                        "note   image 4 (a.png): annotation 11: no words name it (tokens_positive)",
                        "error  image 4 (a.png): tokens_negative: span [8, 13) \"bone\": expected an end of at most 12, the"
                                + " caption's characters",
                        "note   image 5 (a.png): annotation 12: span [1, 5) \"    \": begins or ends on no token",
                        "error  image 6 (a.png): annotation 13: span [596, 597) \"a\": its last token is 299; boxes can"
                                + " point to tokens 0 to 254",
                        "error  image 7 (a.png): caption of 602 tokens; the text encoder takes at most 512",
                        "note   image 7 (a.png): no annotations; caption \"" + shown + "\"",
                        "error  image 8 (a.png): caption: text has an unpaired surrogate U+D83D at char 5 of 6: it is no"
                                + " Unicode text; was a string cut in the middle of a character?",
                        "note   image 8 (a.png): no annotations; caption \"half \ufffd\"",
                        "note   image 9 (a.png): annotation 14: span [1, 2) \" \": begins or ends on no token",
                        "error  image 9 (a.png): annotation 15: box [1, 2, 0.00, 3]: expected [x, y, width, height] with"
                                + " width and height above 0"),
                messages());
        assertTrue(
                run.outLines()
                        .contains(
                                "error  image 4 (a.png): annotation 5: box [20, 2, 3, 3] lies outside the image of 20x10;"
                                        + " drawn on another picture, or at another size? mend bbox or image_id"),
                run.out());
        assertTrue(
                run.out().contains("errors     13: 1 × image that cannot be read, 1 × image of another size"),
                run.out());
        assertTrue(run.out().contains("notes      6: 1 × span that cuts a word"), run.out());
    }

    @Test
    void aKindIsListedSoOftenAndCountedWhole() throws IOException {
        image(1, "a.png", 20, 10, "dog", "");
        for (int i = 1; i <= 30; i++) {
            object(i, 1, "1, 1, 0, 0", "[0, 3]", "");
        }
        Run run = check();
        assertEquals(21, findings(run).size());
        assertTrue(run.out().contains("error  10 more: box without area"), run.out());
        assertTrue(run.out().contains("errors     30: 30 × box without area"), run.out());
        assertEquals(List.of("error  30 more: box without area"), findings(check("--limit", 0)));
    }

    @Test
    void imagesAndTokensAreLookedAtWhereTheyAreGiven() throws IOException {
        image(1, "gone.png", 20, 10, "dog", "");
        object(1, 1, "1, 1, 1, 1", "[0, 3]", "");
        Run run = Run.mdetr("check-data", file());
        assertEquals(0, run.code(), run.out());
        assertTrue(run.out().contains("images     not looked at (--images)"), run.out());
        assertTrue(run.out().contains("characters; tokens not looked at (--vocab)"), run.out());
        assertFalse(Run.mdetr("check-data", file(), "--images", folder).out().contains("(--images)"));
    }

    @Test
    void whatIsNoAnnotationsIsOneLine() throws IOException {
        wholeExample();
        assertTrue(Run.mdetr("check-data", folder).refusal().contains("is a folder"));
        assertTrue(Run.mdetr("check-data", folder.resolve("gone")).refusal().contains("no such file"));
        assertTrue(Run.mdetr("check-data", file(), "--images", folder.resolve("gone"))
                .refusal()
                .contains("is no folder"));
        assertTrue(Run.mdetr("check-data", file(), "--vocab", folder.resolve("gone"))
                .refusal()
                .contains("gone"));
        assertTrue(Run.mdetr("check-data", file(), "--limit", -1).refusal().contains("--limit"));
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"images\": [{\"id\": 1,");
        assertTrue(Run.mdetr("check-data", broken)
                .refusal()
                .startsWith("mdetr check-data: " + broken + ": is not JSON: "));
        Path empty = Files.writeString(folder.resolve("empty.json"), "{\"images\": []}");
        assertEquals(
                "mdetr check-data: " + empty + ": holds no entry in 'images'; expected one or more",
                Run.mdetr("check-data", empty).refusal());
        assertTrue(Run.mdetr("check-data", file(), "--boxes", "yolo")
                .refusal()
                .contains("--boxes: expected a format of boxes, one of xywh, xyxy"));
    }
}
