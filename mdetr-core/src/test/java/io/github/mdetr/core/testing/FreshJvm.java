package io.github.mdetr.core.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own, where nothing is started or chosen yet and system properties say what they must. */
public final class FreshJvm {
    private FreshJvm() {}

    /**
     * Runs {@code main} on this process's class path and gives the lines it printed. A process that does not end in time is
     * killed.
     *
     * @param options options of the virtual machine, such as {@code -Dname=value}
     * @throws AssertionError when it fails or does not end in time, with what it printed
     */
    public static List<String> run(Class<?> main, Duration limit, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Path out = Files.createTempFile("fresh-jvm", ".out");
        Path err = Files.createTempFile("fresh-jvm", ".err");
        try {
            Process p = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = p.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                p.destroyForcibly().waitFor();
            }
            if (!ended || p.exitValue() != 0) {
                throw new AssertionError(main.getName() + (ended ? " failed" : " did not end in " + limit) + "\n"
                        + Files.readString(out, StandardCharsets.UTF_8)
                        + Files.readString(err, StandardCharsets.UTF_8));
            }
            return Files.readAllLines(out, StandardCharsets.UTF_8);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
