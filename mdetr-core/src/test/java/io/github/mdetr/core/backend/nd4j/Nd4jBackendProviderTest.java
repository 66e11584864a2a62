package io.github.mdetr.core.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backends;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the provider says where something is missing, each in a Java process that lacks it. */
final class Nd4jBackendProviderTest {
    @TempDir
    Path folder;

    /** Prints the reason, and whether asking for the provider alone started ND4J. */
    static final class Ask {
        private Ask() {}

        public static void main(String[] arguments) {
            Nd4jBackendProvider provider = new Nd4jBackendProvider();
            System.out.println("name " + provider.name());
            System.out.println("reason " + provider.unavailable());
            System.out.println("cache " + System.getProperty("org.bytedeco.javacpp.cachedir"));
        }
    }

    private static List<String> ask(Predicate<String> onClasspath, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"));
        command.addAll(Arrays.asList(options));
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(onClasspath)
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", path, Ask.class.getName()));
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, p.waitFor(), out);
        return out.lines().toList();
    }

    private static String line(List<String> lines, String start) {
        return lines.stream()
                .filter(l -> l.startsWith(start + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(lines.toString()))
                .substring(start.length() + 1);
    }

    @Test
    void runsHere() {
        assertTrue(Backends.available().contains("nd4j"));
        assertEquals("nd4j", Backends.get("nd4j").name());
    }

    @Test
    void withoutAnNd4jBackendItNamesTheArtifact() throws IOException, InterruptedException {
        List<String> lines = ask(jar -> !jar.contains("nd4j-native"));
        String reason = line(lines, "reason");
        assertTrue(reason.contains("org.nd4j:nd4j-native:1.0.0-M2.1") && reason.contains("nd4j-cuda"), reason);
        assertFalse(lines.toString().contains("\tat "), lines.toString());
    }

    @Test
    void withoutTheNativeLibraryItNamesTheClassifier() throws IOException, InterruptedException {
        String platform = org.bytedeco.javacpp.Loader.getPlatform();
        List<String> lines = ask(jar -> !(jar.contains("nd4j-native") && jar.contains(platform)));
        String reason = line(lines, "reason");
        assertTrue(reason.contains("classifier " + platform), reason);
    }

    @Test
    void withoutAWritableHomeItUnpacksToTheTemporaryFolder() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("file"), "");
        List<String> lines =
                ask(jar -> !jar.contains("nd4j-native"), "-Duser.home=" + file + "/home", "-Djava.io.tmpdir=" + folder);
        assertTrue(line(lines, "cache").startsWith(folder.toString()), lines.toString());
    }
}
