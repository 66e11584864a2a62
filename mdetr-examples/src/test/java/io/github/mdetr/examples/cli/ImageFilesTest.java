package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people give for --image, and which files they mean. */
class ImageFilesTest {
    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        for (String name : List.of(
                "b.JPG",
                "a.jfif",
                "c.png",
                "notes.txt",
                ".hidden.jpg",
                "below/d.jpg",
                "below/deep/e.webp",
                ".git/f.jpg",
                "x[1].jpg")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "");
        }
    }

    private String names(boolean recursive, String... words) throws IOException {
        return String.join(
                " ",
                ImageFiles.expand(List.of(words), recursive, notes::add).stream()
                        .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                        .toList());
    }

    private String in(String name) {
        return folder + "/" + name;
    }

    @Test
    void aFolderIsItsImagesAndTheRestIsTold() throws IOException {
        assertEquals("a.jfif b.JPG c.png x[1].jpg", names(false, folder.toString()));
        assertEquals(
                List.of(
                        folder + ": hidden images are passed over, 1 in all; name them to have them read",
                        folder + ": folders in it are not looked into, 1 in all; add --recursive for them"),
                notes);
    }

    @Test
    void foldersInAFolderAreLookedIntoWhenAskedFor() throws IOException {
        assertEquals("a.jfif b.JPG c.png x[1].jpg below/d.jpg below/deep/e.webp", names(true, folder.toString()));
        assertEquals(1, notes.size(), "the hidden one: " + notes);
    }

    @Test
    void aLinkBackToItsFolderIsNotFollowed() throws IOException {
        Files.createSymbolicLink(folder.resolve("below/up"), folder);
        assertEquals("below/d.jpg below/deep/e.webp", names(true, in("below")));
    }

    @ParameterizedTest
    @CsvSource({
        "*.jpg,x[1].jpg",
        "?.png,c.png",
        "[ab].*,a.jfif b.JPG",
        "'{a,c}.*',a.jfif c.png",
        "below/*.jpg,below/d.jpg"
    })
    void aPatternThatTheShellLeftAloneIsMatched(String pattern, String expected) throws IOException {
        assertEquals(expected, names(false, in(pattern)));
    }

    @Test
    void aFileWhoseNameLooksLikeAPatternIsThatFile() throws IOException {
        assertEquals("x[1].jpg", names(false, in("x[1].jpg")));
    }

    @Test
    void aHiddenFileThatIsNamedIsRead() throws IOException {
        assertEquals(".hidden.jpg", names(false, in(".hidden.jpg")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-|--image: expected a path, got -; standard input and output are not used",
                "https://example.org/a.jpg?x=*|--image: expected a path, got the address https://example.org/a.jpg?x=*; addresses are not fetched: download it and give its file",
                "data:image/png;base64,iVBO|--image: expected a path, got the address data:image/png;base64,iVBO; addresses are not fetched: download it and give its file",
                "''|--image: expected a path, got an empty one",
                "FOLDER/*.tif|--image FOLDER/*.tif: matches no file",
                "FOLDER/*/d.jpg|--image FOLDER/*/d.jpg: a pattern may stand for files, not for folders; leave the shell to match it, without quotes",
                "FOLDER/[.jpg|--image FOLDER/[.jpg: is no file and no pattern: Missing",
            })
    void whatIsNoPlaceOfFilesIsRefused(String word, String message) {
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> names(false, word.replace("FOLDER", folder.toString())));
        String expected = message.replace("FOLDER", folder.toString());
        assertTrue(e.getMessage().startsWith(expected), e.getMessage());
    }

    @Test
    void anAddressInAMessageIsShort() {
        Exception e = assertThrows(
                IllegalArgumentException.class, () -> names(false, "data:image/png;base64," + "A".repeat(100_000)));
        assertTrue(e.getMessage().length() < 250, e.getMessage());
    }

    @Test
    void theHomeMayBeWrittenAsATilde() {
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(home, Main.path("~"));
        assertEquals(home.resolve("no-such/file.pth"), Main.path("~/no-such/file.pth"));
        assertEquals(Path.of("a~b"), Main.path("a~b"));
        assertEquals(Path.of("~someone/a"), Main.path("~someone/a"));
    }
}
