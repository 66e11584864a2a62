package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locales that cannot hold what the command line says: one line, before anything is read. */
class SystemLocaleTest {
    private static final SystemLocale ASCII = new SystemLocale("ANSI_X3.4-1968", Map.of("LC_ALL", "C", "LANG", "x"));

    /** "café müll.png" as bytes that any shell passes on. */
    private static final String NAME = "\"$(printf 'caf\\303\\251 m\\303\\274ll.png')\"";

    @TempDir
    Path folder;

    @Test
    void aWordThatLostItsLettersIsRefusedWithTheLocale() {
        String problem = ASCII.problem(new String[] {"predict", "--caption", "caf\uFFFD\uFFFD"}, "/work");
        assertEquals(
                "'caf??': the locale (LC_ALL=C, encoding ANSI_X3.4-1968) cannot hold these characters; start with"
                        + " LC_ALL=C.UTF-8, or give a caption by --caption-file",
                problem);
    }

    @Test
    void aWorkingFolderThatLostItsLettersIsRefused() {
        String problem = new SystemLocale("US-ASCII", Map.of()).problem(new String[] {"predict"}, "/m\uFFFDll");
        assertTrue(problem != null && problem.startsWith("'/m?ll': the locale (none is set, "), problem);
    }

    @Test
    void namesInAFolderThatLoseTheirLettersAreNoted() {
        List<Path> files = List.of(Path.of("./caf\uFFFD\uFFFD.png"), Path.of("a.png"));
        String note = ASCII.lostNames(files);
        assertTrue(note != null && note.startsWith("1 of 2 names are printed with ?"), note);
        assertTrue(note.contains("LC_ALL=C, encoding ANSI_X3.4-1968") && note.contains("LC_ALL=C.UTF-8"), note);
        assertNull(ASCII.lostNames(List.of(Path.of("a.png"))));
        assertNull(new SystemLocale("UTF-8", Map.of()).lostNames(files));
    }

    @Test
    void wordsOfAsciiAreTakenInAnyLocale() {
        assertNull(ASCII.problem(new String[] {"predict", "--caption", "what is it?"}, "/work"));
    }

    @Test
    void aReplacementCharacterThatWasTypedIsTakenWhereTheLocaleHoldsIt() {
        assertNull(new SystemLocale("UTF-8", Map.of()).problem(new String[] {"\uFFFD"}, "/"));
    }

    @Test
    void anErrorAboutANameSaysThatTheLocaleCannotHoldIt() {
        Throwable thrown = new IllegalArgumentException("x", new InvalidPathException("café", "unmappable"));
        assertTrue(ASCII.hint(thrown).contains("LC_ALL=C.UTF-8"), ASCII.hint(thrown));
        assertEquals("", ASCII.hint(new IllegalArgumentException("x")));
        assertEquals("", new SystemLocale("UTF-8", Map.of()).hint(thrown));
    }

    @ParameterizedTest
    @DisabledOnOs(OS.WINDOWS)
    @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
    void theCommandInALocaleThatCannotHoldACaption(String locale) throws Exception {
        refused(Jdks.current(), locale, "--image a.png --caption " + NAME, "LC_ALL=" + locale);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theCommandInALocaleThatCannotHoldTheNameOfAFile() throws Exception {
        refused(Jdks.current(), "C", "--caption red --image " + NAME, "'caf?? m??ll.png'");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theCommandOnANewerJava() throws Exception {
        Path home = Jdks.atLeast(24);
        refused(home, "C", "--image a.png --caption " + NAME, "LC_ALL=C");
        refused(home, "C", "--caption red --image " + NAME, "'caf?? m??ll.png'");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theCommandInALocaleThatHoldsThem() throws Exception {
        List<String> lines = run(Jdks.current(), "C.UTF-8", "--weights gone.pth --caption red --image " + NAME);
        assertEquals(List.of("mdetr predict: café müll.png: no such file or folder"), lines);
    }

    private void refused(Path home, String locale, String words, String part) throws Exception {
        List<String> lines = run(home, locale, "--weights gone.pth " + words);
        assertEquals(1, lines.size(), lines.toString());
        String line = lines.get(0);
        for (String expected : List.of(part, "locale (LC_ALL=" + locale, "LC_ALL=C.UTF-8", "--caption-file")) {
            assertTrue(line.contains(expected), () -> "expected \"" + expected + "\" in: " + line);
        }
    }

    private List<String> run(Path home, String locale, String words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                "sh",
                "-c",
                "exec \"$0\" -XX:TieredStopAtLevel=1 -cp \"$1\" " + Main.class.getName() + " predict " + words,
                home.resolve("bin/java").toString(),
                System.getProperty("java.class.path"));
        builder.environment().put("LC_ALL", locale);
        Path out = folder.resolve("out");
        Process process = builder.redirectOutput(out.toFile()).start();
        List<String> lines = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(2, process.waitFor(), lines.toString());
        assertEquals(0, Files.size(out));
        return lines;
    }
}
