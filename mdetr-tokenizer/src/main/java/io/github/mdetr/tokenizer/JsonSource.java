package io.github.mdetr.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A vocabulary file as a stream of JSON tokens, within limits that keep a hostile file from costing more memory than a
 * small multiple of its size.
 */
final class JsonSource {
    /** Far above any vocabulary in use (17 MB). */
    static final long MAX_FILE_SIZE = 64L << 20;

    private static final String CUT_OFF = "; was the file cut off in a download?";
    private static final int MAX_DEPTH = 64;
    private static final int MAX_SETTINGS = 100_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(2 * Vocabulary.MAX_TOKEN_LENGTH)
                    .maxStringLength(1 << 20)
                    .maxDocumentLength(MAX_FILE_SIZE)
                    .build())
            // Nearly every name is a token that occurs once: sharing them costs more than it saves.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private final Path file;
    private final JsonParser parser;
    private int settings;

    private JsonSource(Path file, JsonParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /** What reads a file's one JSON value; the stream stands on its first token. */
    interface Reader<T> {
        T read(JsonSource json) throws IOException;
    }

    /** Reads a file, turning whatever is wrong with it into one {@link TokenizerException}. */
    static <T> T read(Path file, Reader<T> reader) {
        checkFile(file);
        // Decoded here, since the parser's own decoding passes over bytes that are no UTF-8.
        try (BufferedReader text = TextReader.open(file);
                JsonParser parser = FACTORY.createParser(text)) {
            JsonSource json = new JsonSource(file, parser);
            json.next();
            T value = reader.read(json);
            if (parser.nextToken() != null) {
                throw json.error("more text follows the end of the JSON value", "one JSON object");
            }
            return value;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new TokenizerException(
                    file + ": not valid JSON" + where + ": "
                            + firstLine(e.getOriginalMessage())
                                    .replaceAll(" \\(start marker at .*|, from `[^`]*`|: was expecting \\(JSON .*", "")
                            + (e instanceof JsonEOFException ? CUT_OFF : ""),
                    e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Returns the error for a file that could not be read as text. */
    static TokenizerException unreadable(Path file, IOException e) {
        String found = "cannot be read: " + firstLine(e.getMessage());
        if (e instanceof TextException text) {
            return new TokenizerException(String.valueOf(text.getMessage()), e);
        } else if (e instanceof AccessDeniedException) {
            found = "permission denied; make the file readable";
        }
        return new TokenizerException(file + ": " + found, e);
    }

    /** Checks that a vocabulary file is there, is a file, and is not of a size that no vocabulary has. */
    static void checkFile(Path file) {
        if (!Files.isRegularFile(file)) {
            String found = Files.exists(file) ? "not a regular file" : "no such file";
            throw new TokenizerException(file + ": " + found
                    + "; expected a directory with vocab.json and merges.txt or with tokenizer.json, or these files");
        }
        long size;
        try {
            size = Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (size > MAX_FILE_SIZE) {
            throw new TokenizerException(file + ": has " + size + " bytes; expected at most " + MAX_FILE_SIZE);
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /** Moves to the next token, which must exist. */
    JsonToken next() throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw error("the file ends early", "a complete JSON object" + CUT_OFF);
        }
        return token;
    }

    /** Checks what the stream stands on; {@code what} names the place in an error. */
    void expect(JsonToken expected, String what) throws IOException {
        JsonToken found = parser.currentToken();
        if (found != expected) {
            throw error("found " + describe(found) + " for " + what, describe(expected));
        }
    }

    /** Moves to the next name of an object and returns it, or null at the object's end. */
    @Nullable
    String nextName() throws IOException {
        return next() == JsonToken.END_OBJECT ? null : parser.currentName();
    }

    /** Moves to the next element of an array, or returns false at its end. */
    boolean nextElement() throws IOException {
        return next() != JsonToken.END_ARRAY;
    }

    /** Returns the string on which the stream stands. */
    String string(String what) throws IOException {
        expect(JsonToken.VALUE_STRING, what);
        return parser.getText();
    }

    /** Returns the integer on which the stream stands. */
    long integer(String what) throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT, what);
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw error("found " + TokenizerException.quote(parser.getText()) + " for " + what, "a token's id");
        }
        return parser.getLongValue();
    }

    /** Passes over the value on which the stream stands. */
    void skip() throws IOException {
        parser.skipChildren();
    }

    boolean isAt(JsonToken token) {
        return parser.currentToken() == token;
    }

    /** Returns the object on which the stream stands, its values as {@link #settings} gives them. */
    Map<String, @Nullable Object> object() throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name = nextName(); name != null; name = nextName()) {
            next();
            object.put(name, settings());
        }
        return object;
    }

    /** Returns the value on which the stream stands, as maps, lists, strings, numbers and booleans: settings only. */
    @Nullable
    Object settings() throws IOException {
        if (++settings > MAX_SETTINGS) {
            throw error("found more than " + MAX_SETTINGS + " settings", "those of a tokenizer");
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                return object();
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                while (nextElement()) {
                    array.add(settings());
                }
                return array;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return parser.getDoubleValue();
            }
            case VALUE_TRUE -> {
                return true;
            }
            case VALUE_FALSE -> {
                return false;
            }
            default -> {
                return null;
            }
        }
    }

    TokenizerException error(String found, String expected) {
        return new TokenizerException(file + ": " + found + " (line "
                + parser.currentTokenLocation().getLineNr() + "); expected " + expected);
    }

    private static String describe(@Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a fraction";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "the end";
        };
    }
}
