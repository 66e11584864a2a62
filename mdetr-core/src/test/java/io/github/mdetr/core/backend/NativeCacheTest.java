package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeCacheTest {
    private static final String[] PROPERTIES = {NativeCache.PROPERTY, "user.home", "java.io.tmpdir"};

    @TempDir
    Path folder;

    private final Map<String, @Nullable String> before = new HashMap<>();

    @BeforeEach
    void remember() {
        for (String p : PROPERTIES) {
            before.put(p, System.getProperty(p));
        }
        System.clearProperty(NativeCache.PROPERTY);
    }

    @AfterEach
    void restore() {
        before.forEach((p, value) -> {
            if (value == null) {
                System.clearProperty(p);
            } else {
                System.setProperty(p, value);
            }
        });
    }

    /** A path that nobody can write below, not even root: its parent is a file. */
    private Path unwritable() throws IOException {
        return Files.writeString(folder.resolve("file"), "").resolve("below");
    }

    @Test
    void aFullDiskIsToldAsSuch() {
        String full =
                NativeCache.unpackingProblem(new UnsatisfiedLinkError("java.io.IOException: No space left on device"));
        assertTrue(String.valueOf(full).startsWith("native libraries cannot be unpacked to "), full);
        assertTrue(String.valueOf(full).contains("(No space left on device); make room there"), full);
        assertEquals(
                full,
                NativeCache.unpackingProblem(
                        new IllegalStateException(new java.io.IOException("No space left on device"))));
        assertNull(NativeCache.unpackingProblem(new UnsatisfiedLinkError("no jnidnnl in java.library.path")));
    }

    @Test
    void writableHomeNeedsNothing() {
        System.setProperty("user.home", folder.toString());
        assertNull(NativeCache.prepare());
        assertNull(System.getProperty(NativeCache.PROPERTY));
    }

    @Test
    void unwritableHomeGivesAFolderOfOurOwn() throws IOException {
        System.setProperty("user.home", unwritable().toString());
        System.setProperty("java.io.tmpdir", folder.toString());
        assertNull(NativeCache.prepare());
        Path chosen = Path.of(assertProperty());
        assertEquals(folder, chosen.getParent());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(chosen)));
        System.clearProperty(NativeCache.PROPERTY);
        assertNull(NativeCache.prepare());
        assertEquals(chosen.toString(), assertProperty(), "the next process finds it unpacked");
    }

    @Test
    void folderThatOthersMayChangeIsNotUsed() throws IOException {
        Path open = NativeCache.ownFolder(folder, "someone");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertNotEquals(open, NativeCache.ownFolder(folder, "someone"));
    }

    @Test
    void nowhereToWriteSaysSo() throws IOException {
        System.setProperty("user.home", unwritable().toString());
        System.setProperty("java.io.tmpdir", unwritable().toString());
        String reason = NativeCache.prepare();
        assertNotNull(reason);
        assertTrue(reason.contains(NativeCache.PROPERTY) && reason.lines().count() == 1, reason);
    }

    @Test
    void namedFolderThatCannotBeWrittenSaysSo() throws IOException {
        System.setProperty(NativeCache.PROPERTY, unwritable().toString());
        String reason = NativeCache.prepare();
        assertNotNull(reason);
        assertTrue(reason.contains(unwritable().toString()), reason);
    }

    private static String assertProperty() {
        String value = System.getProperty(NativeCache.PROPERTY);
        assertNotNull(value);
        return value;
    }
}
