package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @AfterEach
    void forget() {
        System.clearProperty("mdetr.backend");
        System.clearProperty("mdetr.threads");
        System.clearProperty("org.slf4j.simpleLogger.defaultLogLevel");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "predict",
                "convert",
                "inspect",
                "parity",
                "bench infer",
                "synth",
                "train-tokenizer",
                "check-data",
                "demo",
                "evaluate-world",
                "evaluate-data"
            })
    void everyCommandHelpsWithExamplesAndExitCodes(String command) {
        String[] words = (command + " --help").split(" ");
        Run run = Run.mdetr((Object[]) words);
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        assertTrue(run.out().startsWith("Usage: mdetr " + command), run.out());
        for (String part : new String[] {"Examples:", "  mdetr " + command, "Exit codes:", "--backend", "--threads"}) {
            assertTrue(run.out().contains(part), part + " is missing in\n" + run.out());
        }
        // Examples are there to be copied: a line that was wrapped would be another command.
        run.out()
                .substring(run.out().indexOf("Examples:"))
                .lines()
                .skip(1)
                .forEach(line -> assertTrue(line.startsWith("  "), run.out()));
    }

    /** Every command and subcommand there is, as words: "", "predict", "bench", "bench infer" and so on. */
    static List<String> commands() {
        List<String> names = new ArrayList<>();
        addCommands(new CommandLine(new MdetrCommand()), "", names);
        return names;
    }

    private static void addCommands(CommandLine command, String name, List<String> names) {
        names.add(name);
        command.getSubcommands().forEach((word, below) -> addCommands(below, (name + " " + word).strip(), names));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void helpLeavesStandardErrorEmpty(String command) {
        // picocli says there, on the process's own, what it could not format
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        Run run;
        try {
            run = Run.mdetr((Object[]) (command + " --help").strip().split(" "));
        } finally {
            System.setErr(before);
        }
        assertEquals("", run.err() + err.toString(StandardCharsets.UTF_8));
        assertEquals(0, run.code());
        assertFalse(run.out().contains("%%"), run.out());
    }

    @Test
    void helpOfTheWholeListsTheCommands() {
        Run run = Run.mdetr("--help");
        assertEquals(0, run.code());
        for (String command : new String[] {
            "predict",
            "convert",
            "inspect",
            "parity",
            "bench",
            "synth",
            "train-tokenizer",
            "check-data",
            "demo",
            "evaluate-world",
            "evaluate-data"
        }) {
            assertTrue(run.out().contains("  " + command), run.out());
        }
    }

    @Test
    void versionIsOneLine() {
        Run run = Run.mdetr("--version");
        assertEquals(0, run.code());
        assertTrue(run.out().matches("mdetr \\S+\\R"), run.out());
    }

    @Test
    void whatIsWrongWithTheCallIsOneLineThatNamesTheHelp() {
        assertEquals(
                "mdetr: Missing required subcommand (see mdetr --help)",
                Run.mdetr().refusal());
        assertTrue(Run.mdetr("detect").refusal().contains("'detect'"));
        assertTrue(Run.mdetr("convert").refusal().endsWith("(see mdetr convert --help)"));
        assertTrue(Run.mdetr("bench", "infer", "--height", "tall").refusal().contains("'tall' is not an int"));
        assertTrue(Run.mdetr("bench").refusal().contains("Missing required subcommand"));
        String both = Run.mdetr("predict", "--weights", "w", "--image", "i", "--caption", "a", "--caption-file", "b")
                .refusal();
        assertTrue(both.startsWith("mdetr predict: --caption=TEXT, --caption-file=FILE are mutually exclusive"), both);
    }

    @Test
    void sharedOptionsAreTakenBeforeAndBehindTheCommand() {
        Run.mdetr("--backend", "nd4j", "--threads", "3", "parity", "nowhere");
        assertEquals("nd4j", System.getProperty("mdetr.backend"));
        assertEquals("3", System.getProperty("mdetr.threads"));
        Run.mdetr("parity", "nowhere", "--backend", "onednn", "--threads", "2");
        assertEquals("onednn", System.getProperty("mdetr.backend"));
        assertEquals("2", System.getProperty("mdetr.threads"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--threads|0|--threads: expected a number of threads from 1 to 4096, got 0",
                "--threads|100000|--threads: expected a number of threads from 1 to 4096, got 100000",
                "--threads|two|Invalid value for option '--threads': 'two' is not an int",
                "--backend|cuda|--backend: expected one of auto, onednn, nd4j, nd4j-float64, got 'cuda'",
                "--backend|\"\"|--backend: expected one of auto, onednn, nd4j, nd4j-float64, got ''",
            })
    void sharedOptionsAreCheckedByEveryCommand(String option, String value, String expected) {
        for (String command : List.of("inspect", "parity")) {
            String refusal = Run.mdetr(command, "nowhere", option, value).refusal();
            assertTrue(refusal.startsWith("mdetr") && refusal.contains(": " + expected + " (see "), refusal);
        }
        assertNull(System.getProperty("mdetr.backend"));
        assertNull(System.getProperty("mdetr.threads"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "inspect WORD",
                "parity WORD",
                "convert WORD out.safetensors",
                "check-data WORD",
                "predict --weights WORD --image a --caption x",
                "predict --weights w --image a --caption-file WORD",
                "predict --weights w --image WORD --caption x",
                "train --data WORD --images i --out o",
                "evaluate-data WORD --images i --weights w",
                "train-tokenizer WORD --out o"
            })
    void everyPathIsAFileOfThisMachine(String call) {
        Object[] address = call.replace("WORD", "https://x.org/a.pth").split(" ");
        String refusal = Run.mdetr(address).refusal();
        assertTrue(
                refusal.contains("expected a path, got the address https://x.org/a.pth; addresses are not fetched"),
                refusal);
        Object[] dash = call.replace("WORD", "-").split(" ");
        refusal = Run.mdetr(dash).refusal();
        assertTrue(refusal.contains("expected a path, got -; standard input and output are not used"), refusal);
    }

    @Test
    void stackTraceIsShownOnDemandOnly() {
        assertEquals(
                "mdetr parity: nowhere: no such file or folder",
                Run.mdetr("parity", "nowhere").refusal());
        Run verbose = Run.mdetr("-v", "parity", "nowhere");
        assertEquals(ErrorReport.BAD_INPUT, verbose.code());
        assertTrue(verbose.err().contains("\tat io.github.mdetr."), verbose.err());
    }

    @Test
    void aReaderThatHasGoneEndsTheCommandQuietly() {
        StringWriter err = new StringWriter();
        assertEquals(141, runInto("Broken pipe", err));
        assertEquals("", err.toString());
    }

    @Test
    void outputThatCannotBeWrittenIsSaid() {
        StringWriter err = new StringWriter();
        assertEquals(2, runInto("No space left on device", err));
        assertEquals(
                "mdetr: standard output cannot be written: No space left on device",
                err.toString().strip());
        assertFalse(err.toString().contains("\tat "));
    }

    private static int runInto(String error, StringWriter err) {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(error);
            }
        };
        return Main.run(
                new PrintWriter(new ResultStream(broken), true, StandardCharsets.UTF_8),
                new PrintWriter(err, true),
                "--version");
    }
}
