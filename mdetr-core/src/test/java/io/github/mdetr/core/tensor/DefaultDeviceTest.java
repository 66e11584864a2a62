package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A choice that fails says why, each time it is asked for: in a process of its own, where nothing was chosen yet. */
class DefaultDeviceTest {
    /** Asks for the default device twice and prints what came. */
    static final class Asker {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try {
                    System.out.println(Device.current());
                } catch (Throwable e) {
                    System.out.println(e);
                }
            }
        }
    }

    @Test
    void anUnknownBackendIsToldEachTime() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dmdetr.backend=abacus",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asker.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        String expected = "java.lang.IllegalStateException: backend 'abacus' is unknown: expected one of [";
        assertEquals(
                List.of(expected, expected),
                lines.stream()
                        .map(l -> l.substring(0, Math.min(l.length(), expected.length())))
                        .toList());
    }
}
