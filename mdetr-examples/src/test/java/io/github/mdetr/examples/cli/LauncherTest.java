package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, with a script in the place of Java that tells what it was given. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String JAVA = """
            #!/bin/sh
            in=closed; out=refused; err=refused
            ( : 3<&0 ) 2>/dev/null && in=open
            ( echo out ) 2>/dev/null && out=taken
            ( echo err >&2 ) && err=taken
            printf '%s' "in $in, out $out, err $err" >"$REPORT"
            printf ' %s' "$@" >"$REPORT.arguments"
            """;

    @TempDir
    Path folder;

    @Test
    void givesOpenStreamsOn() throws Exception {
        assertEquals("in open, out taken, err taken", run("</dev/null >/dev/null 2>/dev/null"));
    }

    @Test
    void putsSomethingInThePlaceOfClosedStreamsSoThatNoFileTakesTheirNumber() throws Exception {
        assertEquals("in open, out refused, err taken", run("<&- >&- 2>&-"));
        assertEquals("in open, out refused, err taken", run("</dev/null >&- 2>/dev/null"));
        assertEquals("in open, out taken, err taken", run("<&- >/dev/null 2>&-"));
    }

    /** The command is the first word; a caption's words are no command. */
    @Test
    void aTrainingsHeapIsForTrainings() throws Exception {
        assertTrue(arguments("train --world").contains(" -XX:+AlwaysPreTouch "));
        assertTrue(arguments("bench train").contains(" -XX:+AlwaysPreTouch "));
        assertTrue(arguments("--threads 2 -v --backend=onednn train --world").contains(" -XX:+AlwaysPreTouch "));
        assertTrue(arguments("bench --threads 2 train").contains(" -XX:+AlwaysPreTouch "));
        assertFalse(arguments("--threads 2 train-tokenizer a.txt").contains("PreTouch"));
        assertFalse(arguments("predict --caption 'a train on the tracks'").contains("PreTouch"));
        assertFalse(arguments("parity --train golden").contains("PreTouch"));
        assertFalse(arguments("").contains("PreTouch"));
    }

    private String arguments(String words) throws IOException, InterruptedException {
        run(words, "");
        return Files.readString(folder.resolve("report.arguments"));
    }

    private String run(String redirections) throws IOException, InterruptedException {
        return run("--help", redirections);
    }

    private String run(String words, String redirections) throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve("java/bin")).getParent();
        Path java = Files.writeString(home.resolve("bin/java"), JAVA);
        assertTrue(java.toFile().setExecutable(true));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        Path report = folder.resolve("report");
        Files.deleteIfExists(report);

        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                "-c",
                "exec \"$0\" " + words + " " + redirections,
                launcher().toString());
        builder.environment().put("JAVA_HOME", home.toString());
        builder.environment().put("MDETR_JAR", java.toString()); // any file: nothing is built
        builder.environment().put("REPORT", report.toString());
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        return Files.readString(report);
    }

    /** The script beside the module, for tests run in the module's folder. */
    private static Path launcher() {
        Path script = Path.of("..", "mdetr").toAbsolutePath().normalize();
        assertTrue(Files.isExecutable(script), script + " is the launcher");
        return script;
    }
}
