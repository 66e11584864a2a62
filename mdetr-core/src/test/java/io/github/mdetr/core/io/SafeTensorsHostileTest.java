package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that lie, each with the error that says how. */
class SafeTensorsHostileTest {
    @TempDir
    Path folder;

    private Path file(long headerLength, byte[] header, int dataBytes) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(headerLength).put(header);
        return Files.write(folder.resolve("hostile.safetensors"), bytes.array());
    }

    private Path file(String header, int dataBytes) throws Exception {
        byte[] bytes = header.getBytes(UTF_8);
        return file(bytes.length, bytes, dataBytes);
    }

    private static String tensor(String name, String type, String shape, long begin, long end) {
        return "\"" + name + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + end + "]}";
    }

    @Test
    void whatTheHelpersWriteIsReadable() throws Exception {
        Hostile.readAll(file("{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "U8", "[]", 8, 9) + "}  ", 9));
        Hostile.readAll(file("{}", 0));
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "-1, 18446744073709551615", "9223372036854775807, 9223372036854775807", "0, 0", "1, 1"})
    void headerLengthBeyondTheFileOrAbsurd(long length, String shown) throws Exception {
        assertRejected(file(length, "{}".getBytes(UTF_8), 0), "header length", "expected 2 to 2", "got " + shown);
    }

    @Test
    void headerLongerThanAnyReal() throws Exception {
        Path sparse = file(200_000_000, "{}".getBytes(UTF_8), 0);
        try (RandomAccessFile grow = new RandomAccessFile(sparse.toFile(), "rw")) {
            grow.setLength(300_000_000);
        }
        assertRejected(sparse, "header length", "at most 33554432", "got 200000000");
    }

    @Test
    void fileShorterThanItsLengthField() throws Exception {
        Path file = Files.write(folder.resolve("short.safetensors"), new byte[] {2, 0, 0, 0, 0});
        assertRejected(file, "bytes that begin 02 00 00 00 00");
    }

    @Test
    void overlap() throws Exception {
        String header = "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 4, 12) + "}";
        assertRejected(
                file(header, 12),
                "tensor 'b', data_offsets",
                "to begin where tensor 'a' ends, at 8",
                "got 4, an overlap");
    }

    @Test
    void hole() throws Exception {
        String header = "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 12, 20) + "}";
        assertRejected(file(header, 20), "tensor 'b', data_offsets", "at 8", "got 12, a hole");
        assertRejected(
                file("{" + tensor("a", "F32", "[2]", 4, 12) + "}", 12), "where the header ends, at 0", "got 4, a hole");
    }

    @Test
    void twoTensorsOnTheSameBytes() throws Exception {
        String header = "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[2]", 0, 8) + "}";
        assertRejected(file(header, 8), "data_offsets", "an overlap");
    }

    @Test
    void duplicateNames() throws Exception {
        String header = "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("a", "F32", "[1]", 4, 8) + "}";
        assertRejected(file(header, 8), "tensor 'a'", "distinct names", "this name twice");
    }

    @Test
    void duplicateNamesBehindDifferentEscapes() throws Exception {
        String header = "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("\\u0061", "F32", "[1]", 4, 8) + "}";
        assertRejected(file(header, 8), "this name twice");
    }

    @Test
    void duplicateFields() throws Exception {
        String header = "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        assertRejected(file(header, 1), "tensor 'a'", "dtype once", "it twice");
        assertRejected(file(header.replaceFirst("\"dtype\":\"U8\"", "\"shape\":[1]"), 1), "shape once");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"18446744073709551616", "9223372036854775808", "1e300", "-1", "1.0", "\"4\"", "null", "[4]"})
    void offsetsThatAreNoOffsets(String offset) throws Exception {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0," + offset + "]}}";
        assertRejected(file(header, 4), "tensor 'a', data_offsets", "got ");
    }

    @ParameterizedTest
    @CsvSource({"0, 9223372036854775807", "8, 4", "0, 5"})
    void offsetsOutsideTheData(long begin, long end) throws Exception {
        assertRejected(
                file("{" + tensor("a", "U8", "[4]", begin, end) + "}", 4),
                "tensor 'a', data_offsets",
                "begin <= end <= 4",
                begin + " and " + end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[4294967296,4294967296]",
                "[9223372036854775807,2]",
                "[2305843009213693952,8]",
                "[9223372036854775807]"
            })
    void productOverflow(String shape) throws Exception {
        assertRejected(
                file("{" + tensor("a", "F32", shape, 0, 4) + "}", 4),
                "tensor 'a', shape",
                "fewer than 2^63",
                "which overflows");
    }

    @Test
    void bytesThatAreNotShapeTimesType() throws Exception {
        assertRejected(
                file("{" + tensor("a", "F32", "[2,3]", 0, 20) + "}", 20),
                "tensor 'a', data_offsets",
                "expected 24 bytes for F32[2, 3]",
                "got 20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F8_E4M3", "f32", "", "U64", "C64"})
    void unknownType(String type) throws Exception {
        assertRejected(
                file("{" + tensor("a", type, "[1]", 0, 4) + "}", 4),
                "tensor 'a', dtype",
                "one of F64, F32, F16, BF16",
                "got '" + type + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "[", "{\"__metadata__\":{\"a\":", "{\"a\":{\"shape\":"})
    void deepNesting(String level) throws Exception {
        assertRejected(file("{\"a\":" + level.repeat(100_000), 0), "tensor 'a'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"a\"", "{\"a\" 1}", "{,}", "{\"a\":{\"dtype\":\"F32\"", "{\"\\ud8", "{nul"})
    void brokenJson(String header) throws Exception {
        assertRejected(file(header + "  ", 0), "header", "well-formed JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u00ff\u00fe", "\u00c3", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f8\u0088\u0080\u0080\u0080"
            })
    void invalidUtf8(String bytes) throws Exception {
        byte[] header = ("{\"" + bytes + "\":{}}").getBytes(ISO_8859_1);
        assertRejected(file(header.length, header, 0), "header", "UTF-8");
    }

    @Test
    void headerThatIsNoObject() throws Exception {
        byte[] header = " {}".getBytes(UTF_8);
        Path file = file(header.length, header, 0);
        CheckpointFormatException error = assertThrows(CheckpointFormatException.class, () -> SafeTensors.open(file));
        assertTrue(error.getMessage().contains("begins with '{'"), error.getMessage());
        assertRejected(file("{} {}", 0), "nothing but spaces behind the JSON object");
    }

    @Test
    void trailingGarbage() throws Exception {
        assertRejected(file("{" + tensor("a", "U8", "[4]", 0, 4) + "}", 7), "data", "3 bytes more");
        assertRejected(file("{}", 1), "data", "where the last tensor ends", "1 bytes more");
    }

    @Test
    void truncatedData() throws Exception {
        assertRejected(file("{" + tensor("a", "U8", "[4]", 0, 4) + "}", 3), "data_offsets", "<= 3");
    }

    @Test
    void missingAndUnknownFields() throws Exception {
        assertRejected(file("{\"a\":{\"shape\":[],\"data_offsets\":[0,0]}}", 0), "tensor 'a'", "no dtype");
        assertRejected(file("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,0]}}", 0), "no shape");
        assertRejected(file("{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}", 0), "no data_offsets");
        assertRejected(file("{\"a\":{\"dtype\":\"U8\",\"strides\":[0]}}", 0), "also 'strides'");
        assertRejected(file("{\"a\":[]}", 0), "tensor 'a'", "an object");
        assertRejected(file("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}", 0), "two numbers");
    }

    @Test
    void metadataThatIsNoMapOfStrings() throws Exception {
        assertRejected(file("{\"__metadata__\":{\"a\":1}}", 0), "__metadata__ 'a'", "a string", "'1'");
        assertRejected(file("{\"__metadata__\":[]}", 0), "__metadata__", "an object of strings");
        assertRejected(file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0), "distinct keys", "'a' twice");
        assertRejected(file("{\"__metadata__\":{},\"__metadata__\":{}}", 0), "__metadata__ twice");
    }

    @Test
    void argumentsThatAreNoJson() throws Exception {
        assertRejected(file("{\"__metadata__\":{\"mdetr.args\":\"{\"}}", 0), "metadata mdetr.args", "well-formed JSON");
        assertRejected(file("{\"__metadata__\":{\"mdetr.args\":\"[]\"}}", 0), "metadata mdetr.args", "a JSON object");
        assertRejected(
                file("{\"__metadata__\":{\"mdetr.args\":\"{} 1\"}}", 0), "metadata mdetr.args", "one JSON object");
        assertRejected(file("{\"__metadata__\":{\"mdetr.format\":\"2\"}}", 0), "metadata mdetr.format", "expected 1");
        String deep = "{\\\"a\\\":".repeat(5000);
        assertRejected(file("{\"__metadata__\":{\"mdetr.args\":\"" + deep + "\"}}", 0), "metadata mdetr.args");
    }

    @Test
    void namesCannotForgeTheMessage() throws Exception {
        String name = "x\\n\\u202e" + "y".repeat(5000);
        assertRejected(
                file("{" + tensor(name, "F99", "[1]", 0, 4) + "}", 4), "tensor 'x\\u000a\\u202eyyy", "5003 characters");
    }

    @Test
    void rankBeyondAnyTensor() throws Exception {
        assertRejected(
                file("{" + tensor("a", "U8", "[" + "1,".repeat(100_000) + "1]", 0, 1) + "}", 1),
                "shape",
                "at most 64 numbers");
    }

    @Test
    void aHugeNumberTakesNoTime() throws Exception {
        String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + "9".repeat(1_000_000) + "],\"data_offsets\":[0,1]}}";
        assertRejected(file(header, 1), "header");
    }

    @Test
    void manyTensorsTakeMemoryInProportion() throws Exception {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++) {
            header.append(i == 0 ? "" : ",").append(tensor(Integer.toString(i), "U8", "[0]", 0, 0));
        }
        Path file = file(header.append("}").toString(), 0);
        Hostile.bounded(file, () -> {
            Hostile.readAll(file);
            return true;
        });
    }
}
