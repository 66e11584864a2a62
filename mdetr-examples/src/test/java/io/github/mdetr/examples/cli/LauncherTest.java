package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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

    private String version = "17.0.1";

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

    @Test
    void nativeAccessIsAllowedWhereJavaKnowsTheOptions() throws Exception {
        version = "25.0.1";
        String newer = arguments("predict");
        assertTrue(newer.contains(" --enable-native-access=ALL-UNNAMED "), newer);
        assertTrue(newer.contains(" --sun-misc-unsafe-memory-access=allow "), newer);
        version = "21.0.4";
        assertFalse(arguments("predict").contains("access"));
    }

    @Test
    void aNewerJavaWarnsOfNothing() throws Exception {
        Path home = Jdks.atLeast(24);
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path image = folder.resolve("a.png");
        ImageIO.write(new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        ProcessBuilder builder = new ProcessBuilder(
                launcher().toString(),
                "predict",
                "--weights",
                weights.toString(),
                "--vocab",
                TinyModel.VOCABULARY.toAbsolutePath().normalize().toString(),
                "--image",
                image.toString(),
                "--caption",
                "a red cube",
                "--annotate",
                folder.resolve("drawn.png").toString());
        builder.environment().put("JAVA_HOME", home.toString());
        builder.environment().put("MDETR_JAR", jarOfTheClassPath().toString());
        Path out = folder.resolve("out.txt");
        Process process = builder.redirectOutput(out.toFile()).start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), err);
        assertFalse(err.contains("WARNING"), err);
        assertTrue(Files.readString(out).contains("\"caption\":\"a red cube\""), Files.readString(out));
    }

    /** A jar that runs the command from the tests' class path: the real one is not built yet. */
    private Path jarOfTheClassPath() throws IOException {
        Manifest manifest = new Manifest();
        Attributes entries = manifest.getMainAttributes();
        entries.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        entries.put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        entries.put(
                Attributes.Name.CLASS_PATH,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).toUri().toString())
                        .collect(Collectors.joining(" ")));
        Path jar = folder.resolve("path.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
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
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
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
