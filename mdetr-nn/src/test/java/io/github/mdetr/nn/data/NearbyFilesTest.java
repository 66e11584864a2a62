package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file that is there where a name leads to none. */
class NearbyFilesTest {
    @TempDir
    Path folder;

    private void files(String... names) throws IOException {
        for (String name : names) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'sub\\b.png', sub/b.png, a path of Windows",
        "'C:\\data\\sub\\b.png', sub/b.png, 'a path of Windows, in another folder'",
        "sub/two%20words.png, sub/two words.png, % of URLs",
        "sub/B.PNG, sub/b.png, another case",
        "b.png, sub/b.png, in a folder of its own",
        "train/a.png, a.png, without the folder",
        "other/b.png, sub/b.png, in another folder",
        "a.jpeg, a.png, another ending",
        "'SUB\\two%20words.PNG', sub/two words.png, 'a path of Windows, % of URLs, another case'",
        "cafe\u0301.png, caf\u00e9.png, another Unicode form",
    })
    void theFileThatIsMeantIsShown(String name, String file, String cause) throws IOException {
        files("a.png", "sub/b.png", "sub/two words.png", "caf\u00e9.png");
        assumeTrue(Files.exists(folder.resolve("caf\u00e9.png")), "names of files hold no é here");
        assertEquals(
                "; " + folder.resolve(file) + " is there (" + cause + "): write \"" + file + "\"",
                new NearbyFiles(folder).hint(name));
    }

    @Test
    void ofFilesOfOneNameTheOneWithMostFoldersInCommon() throws IOException {
        files("x/1/a.png", "y/1/a.png", "y/2/a.png");
        assertEquals(
                "; " + folder.resolve("y/1/a.png") + " is there (a path of Windows, in another folder): write"
                        + " \"y/1/a.png\"",
                new NearbyFiles(folder).hint("z\\y\\1\\a.png"));
    }

    @Test
    void whereNothingIsLikeItNothingIsSaid() throws IOException {
        files("a.png");
        NearbyFiles nearby = new NearbyFiles(folder);
        assertEquals("", nearby.hint("b.png"));
        assertEquals("", nearby.hint(""));
        assertEquals("", nearby.hint("b%zz%.png"));
        assertEquals("", nearby.hint("/".repeat(100_000)));
        assertEquals("; a path of Windows: write / for \\, from the folder of the images on", nearby.hint("..\\b.png"));
        assertEquals("", new NearbyFiles(folder.resolve("gone")).hint("a.png"));
    }

    /** A link to a folder above would be looked through for ever. */
    @Test
    void linksThatGoRoundAreNotFollowedForEver() throws IOException {
        files("sub/a.png");
        try {
            Files.createSymbolicLink(folder.resolve("sub/up"), folder);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "no symbolic links here");
        }
        assertEquals(
                "; " + folder.resolve("sub/a.png") + " is there (in a folder of its own): write \"sub/a.png\"",
                new NearbyFiles(folder).hint("a.png"));
    }
}
