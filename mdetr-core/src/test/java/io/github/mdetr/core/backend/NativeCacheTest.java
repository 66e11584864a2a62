package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.FreshJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeCacheTest {
    private static final String[] PROPERTIES = {NativeCache.PROPERTY, "user.home", "java.io.tmpdir", "jna.tmpdir"};

    @TempDir
    Path folder;

    private final Map<String, @Nullable String> before = new HashMap<>();

    @BeforeEach
    void remember() {
        for (String p : PROPERTIES) {
            before.put(p, System.getProperty(p));
        }
        System.clearProperty(NativeCache.PROPERTY);
        System.clearProperty("jna.tmpdir");
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
        Path other = unwritable();
        String reason = NativeCache.prepare(List.of(other));
        assertNotNull(reason);
        assertTrue(reason.contains(other + " cannot be written; name one with -D" + NativeCache.PROPERTY), reason);
        assertEquals(1, reason.lines().count(), reason);
    }

    @Test
    void aHomeMountedNoexecIsPassedOverForAPlaceThatIsNot() throws Exception {
        Path disk = noexec("home");
        try {
            System.setProperty("user.home", disk.toString());
            assertNull(NativeCache.prepare(List.of(folder)));
            assertEquals(folder, Path.of(assertProperty()).getParent());
            assertEquals(assertProperty(), System.getProperty("jna.tmpdir"), "JNA unpacks itself there too");
        } finally {
            unmount(disk);
        }
    }

    @Test
    void placesMountedNoexecAreNamedForWhatTheyAre() throws Exception {
        Path disk = noexec("home");
        try {
            System.setProperty("user.home", disk.toString());
            String reason = String.valueOf(NativeCache.prepare(List.of(disk)));
            assertTrue(reason.contains(disk.resolve(".javacpp/cache") + " is mounted noexec, "), reason);
            assertTrue(reason.contains(disk + " is mounted noexec; name one with -D" + NativeCache.PROPERTY), reason);
        } finally {
            unmount(disk);
        }
    }

    @Test
    void aNamedFolderMountedNoexecIsNamedForWhatItIs() throws Exception {
        Path disk = noexec("named");
        try {
            System.setProperty(NativeCache.PROPERTY, disk.toString());
            assertEquals(
                    "the folder for native libraries, -D" + NativeCache.PROPERTY + "=" + disk
                            + ", is mounted noexec; name another",
                    NativeCache.prepare());
        } finally {
            unmount(disk);
        }
    }

    /** Multiplies, and prints where the libraries were unpacked. */
    static final class Multiplies {
        public static void main(String[] args) {
            try (Scope scope = Scope.open()) {
                Tensor two = Tensor.of(new float[] {2}, 1, 1);
                System.out.println(
                        Products.matmul(two, two).toFloats()[0] + " " + System.getProperty(NativeCache.PROPERTY));
            }
        }
    }

    @Test
    void aProcessOfWhichHomeAndTemporaryFolderAreNoexecComputes() throws Exception {
        Path disk = noexec("both");
        try {
            List<String> lines = FreshJvm.run(
                    Multiplies.class,
                    Duration.ofMinutes(2),
                    "-Duser.home=" + disk,
                    "-Djava.io.tmpdir=" + disk,
                    "-Dmdetr.threads=1"); // asked of JNA
            assertTrue(lines.get(0).startsWith("4.0 ") && !lines.get(0).contains(disk.toString()), lines.toString());
        } finally {
            unmount(disk);
        }
    }

    @Test
    void aLibraryThatCannotBeMappedIsToldWithTheProperty() {
        String problem = String.valueOf(NativeCache.unpackingProblem(new UnsatisfiedLinkError(
                "/home/a/libjnidnnl.so: failed to map segment from shared object: Operation not permitted")));
        assertTrue(problem.contains("mounted noexec") && problem.contains("-D" + NativeCache.PROPERTY), problem);
    }

    /** A file system of which nothing can be executed; the test is skipped where this user may mount none. */
    private Path noexec(String name) throws Exception {
        Path disk = Files.createDirectory(folder.resolve(name));
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && call("mount", "-t", "tmpfs", "-o", "noexec,size=128m", "tmpfs", disk.toString()) == 0,
                "no file system can be mounted noexec here");
        return disk;
    }

    private static void unmount(Path disk) throws Exception {
        assertEquals(0, call("umount", disk.toString()), "unmounting " + disk);
    }

    private static int call(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) { // no such program
            return -1;
        }
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
