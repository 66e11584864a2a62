package io.github.mdetr.nn.training.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.GoldenCases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardLogTest {
    private static final double START = 1_700_000_000.25;

    @TempDir
    private Path folder;

    private static Metrics at(double after, long step, Object... namesAndValues) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], (Double) namesAndValues[i + 1]);
        }
        return new Metrics(step, START + after, values);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    /** The file of {@code fixtures/tensorboard}, written with TensorBoard's messages and records. */
    @Test
    void isTensorBoardsFileInEveryByte() throws IOException {
        Map<String, Double> many = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            many.put("many/" + i, i / 7.0);
        }
        try (TensorBoardLog log = TensorBoardLog.create(folder, START)) {
            log.write(at(0.5, 0, "train/loss", 12.5));
            log.write(at(1, 1, "train/loss", 0.1, "rate/rest", 0.0));
            log.write(at(2, 127, "train/loss", Double.NaN, "eval/Präzision", -1e-30));
            log.write(new Metrics(128, START + 3, many));
            log.write(at(4, 3_000_000_000L, "train/loss", Double.POSITIVE_INFINITY));
        }
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        got.write(Files.readAllBytes(files().get(0)));
        got.write(TfRecord.of(Events.sessionStart(START + 5, 129)));
        byte[] expected = Files.readAllBytes(GoldenCases.resource("/training/events.tfevents"));
        assertArrayEquals(expected, got.toByteArray());
    }

    @Test
    void eachOpeningHasAFileOfItsOwn() throws IOException {
        Path deep = folder.resolve("a").resolve("b");
        TensorBoardLog.create(deep, START).close();
        TensorBoardLog.create(deep, START).close();
        try (Stream<Path> all = Files.list(deep)) {
            assertEquals(
                    List.of("events.out.tfevents.1700000000.mdetr.0000", "events.out.tfevents.1700000000.mdetr.0001"),
                    all.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    /** A resumed training's file begins by telling from where on the earlier ones do not count. */
    @Test
    void resumingTellsTheFirstNewStep() throws IOException {
        TensorBoardLog.resume(folder, 500).close();
        byte[] file = Files.readAllBytes(files().get(0));
        int first = file[0]; // the lengths of both records are below 128
        byte[] second = Arrays.copyOfRange(file, first + 16, file.length);
        byte[] event = Arrays.copyOfRange(second, 12, 12 + second[0]);
        assertEquals(16 + second[0], second.length, "nothing after it");
        byte[] expected = Events.sessionStart(0, 501);
        assertArrayEquals(
                Arrays.copyOfRange(expected, 9, expected.length),
                Arrays.copyOfRange(event, 9, event.length),
                "all but the time");
        assertTrue(new String(file, StandardCharsets.ISO_8859_1).contains("brain.Event:2"));
    }
}
