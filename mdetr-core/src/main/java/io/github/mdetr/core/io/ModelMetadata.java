package io.github.mdetr.core.io;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What our safetensors files say of the model in {@code __metadata__}: {@code mdetr.format} is the version of these keys,
 * {@code mdetr.args} the training arguments as a JSON object.
 *
 * @param args null where the file says nothing
 */
public record ModelMetadata(@Nullable Map<String, @Nullable Object> args) {
    /** Version of the keys. */
    public static final String FORMAT_KEY = "mdetr.format";

    /** The arguments as JSON. */
    public static final String ARGS_KEY = "mdetr.args";

    /** The version written here. */
    public static final String FORMAT = "1";

    /** Python's readers ask for it: the names are PyTorch's. */
    private static final Map<String, String> FRAMEWORK = Map.of("format", "pt");

    /** The metadata to write: infinities and NaN, which JSON lacks, become text; a tensor its description. */
    public Map<String, String> toMetadata() throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(FRAMEWORK);
        metadata.put(FORMAT_KEY, FORMAT);
        if (args != null) {
            StringWriter json = new StringWriter();
            try (JsonGenerator generator = Json.FACTORY.createGenerator(json)) {
                write(args, generator);
            }
            metadata.put(ARGS_KEY, json.toString());
        }
        return metadata;
    }

    static ModelMetadata read(CheckpointFile file, Map<String, String> metadata) throws IOException {
        String format = metadata.get(FORMAT_KEY);
        if (format != null && !format.equals(FORMAT)) {
            throw file.error(
                    "metadata " + FORMAT_KEY, FORMAT, Excerpt.quote(format), "use the version of MDETR that wrote it");
        }
        String json = metadata.get(ARGS_KEY);
        if (json == null) {
            return new ModelMetadata(null);
        }
        String where = "metadata " + ARGS_KEY;
        try (JsonParser parser = Json.parser(CharBuffer.wrap(json.toCharArray()))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw file.error(where, "a JSON object", Excerpt.quote(json), "convert the checkpoint again");
            }
            Map<String, @Nullable Object> args = readObject(parser);
            if (parser.nextToken() != null) {
                throw file.error(where, "one JSON object", "more behind it", "convert the checkpoint again");
            }
            return new ModelMetadata(args);
        } catch (JsonProcessingException e) {
            throw file.error(where, "well-formed JSON", Json.problem(e), "convert the checkpoint again");
        }
    }

    private static void write(@Nullable Object value, JsonGenerator out) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = String.valueOf(entry.getKey());
                if (key.length() > Json.MAX_NAME_LENGTH) {
                    throw new IllegalArgumentException("expected names of arguments of at most "
                            + Json.MAX_NAME_LENGTH + " characters, which is what is read back, got "
                            + Excerpt.quote(key));
                }
                out.writeFieldName(key);
                write(entry.getValue(), out);
            }
            out.writeEndObject();
        } else if (value instanceof List<?> list) {
            out.writeStartArray();
            for (Object item : list) {
                write(item, out);
            }
            out.writeEndArray();
        } else if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof BigInteger big) {
            out.writeNumber(big);
        } else if (value instanceof Double real) {
            if (Double.isFinite(real)) {
                out.writeNumber(real);
            } else {
                out.writeString(real.toString());
            }
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else {
            out.writeString(value.toString());
        }
    }

    private static Map<String, @Nullable Object> readObject(JsonParser in) throws IOException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String key = in.currentName();
            in.nextToken();
            map.put(key, readValue(in));
        }
        return Collections.unmodifiableMap(map);
    }

    private static @Nullable Object readValue(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case START_OBJECT -> readObject(in);
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(readValue(in));
                }
                yield Collections.unmodifiableList(list);
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT ->
                in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? (Object) in.getBigIntegerValue()
                        : (Object) in.getLongValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }
}
