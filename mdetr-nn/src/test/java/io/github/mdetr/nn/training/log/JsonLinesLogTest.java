package io.github.mdetr.nn.training.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.training.SmallDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesLogTest {
    @TempDir
    private Path folder;

    private Path file = Path.of("log.jsonl");

    @BeforeEach
    void place() {
        file = folder.resolve("log.jsonl");
    }

    private static Metrics at(long step) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("train/loss", 1.0 / (step + 1));
        values.put("eval/\"Präzision\"\n", step * 1e30);
        return new Metrics(step, 1_700_000_000.125 + step, values);
    }

    private void write(long... steps) throws IOException {
        try (JsonLinesLog log = JsonLinesLog.create(file)) {
            for (long s : steps) {
                log.write(at(s));
            }
        }
    }

    @Test
    void whatIsWrittenIsReadBackAndIsJson() throws IOException {
        write(0, 50, 3_000_000_000L);
        assertEquals(List.of(at(0), at(50), at(3_000_000_000L)), JsonLinesLog.read(file));
        List<String> lines = Files.readAllLines(file);
        assertEquals(3, lines.size());
        JsonNode line = new ObjectMapper().readTree(lines.get(1));
        assertEquals(50, line.get("step").asLong());
        assertEquals(1_700_000_050.125, line.get("time").asDouble());
        assertEquals(1 / 51.0, line.get("train/loss").asDouble());
    }

    @Test
    void whatIsNotFiniteIsText() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("a", Double.NaN);
        values.put("b", Double.POSITIVE_INFINITY);
        values.put("c", Double.NEGATIVE_INFINITY);
        try (JsonLinesLog log = JsonLinesLog.create(file)) {
            log.write(new Metrics(1, 2, values));
        }
        assertEquals(
                "{\"step\":1,\"time\":2.0,\"a\":\"NaN\",\"b\":\"Infinity\",\"c\":\"-Infinity\"}\n",
                Files.readString(file));
        assertEquals(values, JsonLinesLog.read(file).get(0).values());
    }

    /** Linux's device for this. */
    @Test
    void aFullDiskIsToldWithTheFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "a device that is always full");
        try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            String message = assertThrows(IOException.class, () -> LogFile.write(file, channel, new byte[] {1}))
                    .getMessage();
            assertTrue(message.startsWith(file + ": cannot write the log: "), message);
            assertTrue(message.endsWith("; free space or choose another disk"), message);
        }
    }

    /** On a file system of two pages, where this user may make one: a line that does not fit leaves nothing of it. */
    @Test
    void aLineThatDoesNotFitLeavesNoPartOfIt() throws IOException, InterruptedException {
        Metrics large = new Metrics(1, 2, Map.of("a".repeat(5000), 1.0));
        try (SmallDisk disk = SmallDisk.mount(folder, "8k")) {
            Path small = disk.folder().resolve("log.jsonl");
            try (JsonLinesLog log = JsonLinesLog.create(small)) {
                log.write(large);
                assertThrows(IOException.class, () -> log.write(large));
                assertEquals(List.of(large), JsonLinesLog.read(small));
                log.write(at(3));
                assertEquals(List.of(large, at(3)), JsonLinesLog.read(small));
            }
        }
    }

    @Test
    void aLogIsNeverOverwritten() throws IOException {
        write(1);
        assertThrows(FileAlreadyExistsException.class, () -> JsonLinesLog.create(file));
        assertEquals(List.of(at(1)), JsonLinesLog.read(file));
    }

    /** The process died while it wrote: what it wrote after the checkpoint, and the half of a line, are done again. */
    @Test
    void aResumedTrainingWritesItsStepsOnce() throws IOException {
        write(50, 100, 150, 200);
        Files.writeString(file, "{\"step\":250,\"ti", StandardOpenOption.APPEND);
        assertEquals(4, JsonLinesLog.read(file).size());
        try (JsonLinesLog log = JsonLinesLog.resume(file, 100)) {
            assertEquals(List.of(at(50), at(100)), JsonLinesLog.read(file));
            log.write(at(150));
        }
        assertEquals(List.of(at(50), at(100), at(150)), JsonLinesLog.read(file));
        assertEquals(1, folder.toFile().list().length, "nothing else is left");
    }

    @Test
    void resumingWithoutALogBeginsOne() throws IOException {
        try (JsonLinesLog log = JsonLinesLog.resume(file, 100)) {
            log.write(at(101));
        }
        assertEquals(List.of(at(101)), JsonLinesLog.read(file));
        Files.writeString(folder.resolve("empty"), "");
        assertEquals(List.of(), JsonLinesLog.read(folder.resolve("empty")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[1]",
                "7",
                "{\"step\":1}",
                "{\"time\":1}",
                "{\"step\":1,\"time\":2,\"a\":null}",
                "{\"step\":1,\"time\":2,\"a\":[1]}",
                "{\"step\":1,\"time\":2,\"a\":\"x\"}",
                "{\"step\":-1,\"time\":2}",
                "{\"step\":1,\"time\":2",
                "not json",
                "{\"step\":1,\"time\":2}}",
                "{\"step\":1,\"time\":2} {}",
                "{\"step\":1,\"time\":2,\"\":3}"
            })
    void otherLinesAreNamed(String line) throws IOException {
        write(1);
        Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
        String message =
                assertThrows(IOException.class, () -> JsonLinesLog.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": line 2: expected a JSON object of numbers"), message);
        String before = Files.readString(file);
        assertThrows(IOException.class, () -> JsonLinesLog.resume(file, 5));
        assertEquals(before, Files.readString(file), "the log stays as it was");
    }

    /** A line of bytes that are no text, one cut through, and a block of zeros. */
    @Test
    void aDamagedLogKeepsTheLinesThatCanBeRead() throws IOException {
        write(1, 2, 3);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, new byte[] {'{', (byte) 0xff, '\n'}, StandardOpenOption.APPEND);
        Files.write(file, new byte[512], StandardOpenOption.APPEND);
        Files.writeString(file, "\n", StandardOpenOption.APPEND);
        byte[] damaged = Files.readAllBytes(file);
        List<String> problems = JsonLinesLog.repair(file);
        assertEquals(2, problems.size(), problems.toString());
        assertTrue(problems.get(0).startsWith(file + ": line 4: expected"), problems.get(0));
        assertArrayEquals(whole, Files.readAllBytes(file));
        assertArrayEquals(
                damaged,
                Files.readAllBytes(
                        file.resolveSibling(file.getFileName().toString().replace(".jsonl", "-damaged.jsonl"))));
        assertEquals(List.of(), JsonLinesLog.repair(file));
    }

    @Test
    void namesThatSayNothingAreErrors() {
        for (String name : new String[] {"", "step", "time"}) {
            assertThrows(IllegalArgumentException.class, () -> new Metrics(0, 0, Map.of(name, 1.0)));
        }
        assertThrows(IllegalArgumentException.class, () -> new Metrics(-1, 0, Map.of()));
    }
}
