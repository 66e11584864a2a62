package io.github.mdetr.core.io;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON header of a safetensors file, checked against the file's length: every byte in exactly one tensor. */
final class SafeTensorsHeader {
    static final String METADATA = "__metadata__";
    private static final int MAX_RANK = 64;

    private final CheckpointFile file;
    private final long dataStart;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private boolean metadataSeen;

    SafeTensorsHeader(CheckpointFile file, long dataStart) {
        this.file = file;
        this.dataStart = dataStart;
    }

    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    void parse(CharBuffer json) throws IOException {
        if (json.get(json.position()) != '{') {
            throw error(
                    "header",
                    "JSON that begins with '{'",
                    Excerpt.quote(json.subSequence(0, 1).toString()));
        }
        try (JsonParser parser = Json.parser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (name.equals(METADATA)) {
                    readMetadata(parser);
                } else {
                    readTensor(parser, name);
                }
            }
            if (parser.nextToken() != null) {
                throw error("header", "nothing but spaces behind the JSON object", "more text");
            }
        } catch (JsonProcessingException e) {
            throw error("header", "well-formed JSON", Json.problem(e));
        }
        checkLayout();
    }

    private void readMetadata(JsonParser parser) throws IOException {
        if (metadataSeen) {
            throw error("header", "distinct names", METADATA + " twice");
        }
        metadataSeen = true;
        expect(parser, parser.nextToken(), JsonToken.START_OBJECT, METADATA, "an object of strings");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            expect(parser, parser.nextToken(), JsonToken.VALUE_STRING, METADATA + " " + Excerpt.quote(key), "a string");
            if (metadata.put(key, parser.getText()) != null) {
                throw error(METADATA, "distinct keys", Excerpt.quote(key) + " twice");
            }
        }
    }

    private void readTensor(JsonParser parser, String name) throws IOException {
        String where = where(name);
        if (tensors.containsKey(name)) {
            throw error(where, "distinct names", "this name twice");
        }
        expect(parser, parser.nextToken(), JsonToken.START_OBJECT, where, "an object");
        StoredType type = null;
        long[] shape = null;
        long[] offsets = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "dtype" -> type = readType(parser, where, type != null);
                case "shape" -> shape = readNumbers(parser, where, field, shape != null);
                case "data_offsets" -> offsets = readNumbers(parser, where, field, offsets != null);
                default -> throw error(where, "dtype, shape and data_offsets", "also " + Excerpt.quote(field));
            }
        }
        if (type == null || shape == null || offsets == null) {
            String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
            throw error(where, "dtype, shape and data_offsets", "no " + missing);
        }
        tensors.put(name, checked(name, type, shape, offsets));
    }

    private StoredType readType(JsonParser parser, String where, boolean again) throws IOException {
        if (again) {
            throw error(where, "dtype once", "it twice");
        }
        expect(parser, parser.currentToken(), JsonToken.VALUE_STRING, where + ", dtype", "a string");
        String name = parser.getText();
        return StoredType.named(name)
                .orElseThrow(() -> file.error(
                        where + ", dtype",
                        "one of F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL",
                        Excerpt.quote(name),
                        "store the tensor as one of these types"));
    }

    private long[] readNumbers(JsonParser parser, String where, String field, boolean again) throws IOException {
        if (again) {
            throw error(where, field + " once", "it twice");
        }
        String place = where + ", " + field;
        expect(parser, parser.currentToken(), JsonToken.START_ARRAY, place, "an array of integers");
        long[] numbers = new long[4];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser, parser.currentToken(), JsonToken.VALUE_NUMBER_INT, place, "integers");
            if (count == MAX_RANK) {
                throw error(place, "at most " + MAX_RANK + " numbers", "more");
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0) {
                throw error(place, "numbers from 0 to 2^63 - 1", Excerpt.quote(parser.getText()));
            }
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = parser.getLongValue();
        }
        return Arrays.copyOf(numbers, count);
    }

    private StoredTensor checked(String name, StoredType type, long[] shape, long[] offsets)
            throws CheckpointFormatException {
        String where = where(name);
        if (offsets.length != 2) {
            throw error(where + ", data_offsets", "two numbers", offsets.length + " of them");
        }
        long begin = offsets[0];
        long end = offsets[1];
        long dataLength = file.size() - dataStart;
        if (begin > end || end > dataLength) {
            throw error(
                    where + ", data_offsets",
                    "begin <= end <= " + dataLength + ", the bytes behind the header",
                    begin + " and " + end);
        }
        long bytes = TensorInfo.byteSize(type, shape);
        if (bytes < 0) {
            throw error(
                    where + ", shape", "fewer than 2^63 bytes", type + Arrays.toString(shape) + ", which overflows");
        }
        if (bytes != end - begin) {
            throw error(
                    where + ", data_offsets",
                    bytes + " bytes for " + type + Arrays.toString(shape),
                    (end - begin) + " (" + begin + " to " + end + ")");
        }
        return new StoredTensor(file, new TensorInfo(name, type, shape), dataStart + begin, null);
    }

    private void checkLayout() throws CheckpointFormatException {
        List<StoredTensor> order = new ArrayList<>(tensors.values());
        order.sort(Comparator.comparingLong(StoredTensor::position)
                .thenComparingLong(t -> t.info().byteSize()));
        long position = dataStart;
        StoredTensor before = null;
        for (StoredTensor tensor : order) {
            if (tensor.position() != position) {
                boolean overlap = tensor.position() < position;
                throw error(
                        where(tensor) + ", data_offsets",
                        "to begin where " + (before == null ? "the header" : where(before)) + " ends, at "
                                + (position - dataStart),
                        (tensor.position() - dataStart) + (overlap ? ", an overlap" : ", a hole"));
            }
            position += tensor.info().byteSize();
            before = tensor;
        }
        if (position != file.size()) {
            throw error(
                    "data",
                    "the file's end where the last tensor ends, at byte " + position,
                    (file.size() - position) + " bytes more");
        }
    }

    private void expect(JsonParser parser, @Nullable JsonToken got, JsonToken wanted, String where, String expected)
            throws IOException {
        if (got != wanted) {
            throw error(where, expected, got == null ? "the end of the header" : Excerpt.quote(parser.getText()));
        }
    }

    private static String where(StoredTensor tensor) {
        return where(tensor.info().name());
    }

    private static String where(String name) {
        return "tensor " + Excerpt.quote(name);
    }

    private CheckpointFormatException error(String where, String expected, String got) {
        return file.error(where, expected, got, SafeTensors.BROKEN);
    }
}
