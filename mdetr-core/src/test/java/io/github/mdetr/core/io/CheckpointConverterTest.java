package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A .pth becomes a safetensors file of the same names, types, values and arguments. */
class CheckpointConverterTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"zip.pth, model", "zip.pth, model_ema", "legacy.pth, model", "legacy.pth, model_ema"})
    void goldenSectionsEqualThoseOfSafetensors(String file, String section) throws Exception {
        Path out = folder.resolve("out.safetensors");
        CheckpointConverter.convert(TestFiles.resource("golden/" + file), out, section);
        try (TensorSource expected =
                        SafeTensors.open(TestFiles.resource("golden/expected-" + section + ".safetensors"));
                Checkpoint got = Checkpoint.open(out);
                Checkpoint source = Checkpoint.open(TestFiles.resource("golden/" + file))) {
            assertEquals(expected.tensors(), got.model().tensors());
            assertEquals(
                    new ArrayList<>(source.section(section).names()),
                    new ArrayList<>(got.model().names()));
            for (String name : expected.names()) {
                assertArrayEquals(TestFiles.bytes(expected, name), TestFiles.bytes(got.model(), name), name);
            }
            assertEquals("1", got.model().metadata().get("mdetr.format"));
            assertEquals("pt", got.model().metadata().get("format"));
        }
    }

    @Test
    void argumentsSurvive() throws Exception {
        Path out = folder.resolve("out.safetensors");
        Path in = TestFiles.resource("fixtures/values-zip-p2.pth");
        CheckpointConverter.convert(in, out, Checkpoint.MODEL);
        Path again = folder.resolve("again.safetensors");
        CheckpointConverter.convert(out, again, Checkpoint.MODEL);
        assertArrayEquals(Files.readAllBytes(out), Files.readAllBytes(again));
        try (Checkpoint source = Checkpoint.open(in);
                Checkpoint converted = Checkpoint.open(again)) {
            Map<String, Object> expected = new LinkedHashMap<>(source.args());
            expected.put("inf", "Infinity"); // JSON has none
            expected.put("nan", "NaN");
            assertEquals(
                    new ArrayList<>(expected.keySet()),
                    new ArrayList<>(converted.args().keySet()));
            assertEquals(expected, converted.args());
        }
    }

    /** What a pickle may hold at most is read back from what it becomes. */
    @Test
    void theLargestArgumentSurvives() throws Exception {
        byte[] bytes = new byte[Unpickler.MAX_INTEGER_BYTES];
        Arrays.fill(bytes, (byte) 0xff);
        bytes[bytes.length - 1] = 0x7f;
        PickleBytes pickle = new PickleBytes().protocol().op('}', '(').text("w");
        pickle.tensor("0", 1, 0, new long[] {1}, new long[] {1})
                .text("args")
                .op('}')
                .text("large")
                .op(0x8b, PickleBytes.little(bytes.length, 4), bytes, 's', 'u', '.');
        ZipBytes zip = ZipBytes.checkpoint(pickle.bytes());
        zip.add("archive/data/0", new byte[4]);
        Path in = folder.resolve("in.pth");
        zip.write(in);
        Path out = folder.resolve("out.safetensors");
        CheckpointConverter.convert(in, out, Checkpoint.MODEL);
        try (Checkpoint converted = Checkpoint.open(out)) {
            BigInteger largest = BigInteger.ONE.shiftLeft(8 * bytes.length - 1).subtract(BigInteger.ONE);
            assertEquals(Map.of("large", largest), converted.args());
        }
    }

    @Test
    void aMissingSectionWritesNothing() throws Exception {
        Path out = folder.resolve("out.safetensors");
        CheckpointFormatException error = assertThrows(
                CheckpointFormatException.class,
                () -> CheckpointConverter.convert(TestFiles.resource("fixtures/bare.pth"), out, Checkpoint.MODEL_EMA));
        assertEquals("take the weights themselves, without the moving average", error.fix());
        assertFalse(Files.exists(out));
    }

    @Test
    void convertingOntoItself() throws Exception {
        Path file = Files.copy(TestFiles.resource("golden/zip.pth"), folder.resolve("checkpoint"));
        CheckpointConverter.convert(file, file, Checkpoint.MODEL);
        try (Checkpoint converted = Checkpoint.open(file)) {
            assertEquals(Checkpoint.Format.SAFETENSORS, converted.format());
            assertEquals(15, converted.model().names().size());
        }
    }
}
