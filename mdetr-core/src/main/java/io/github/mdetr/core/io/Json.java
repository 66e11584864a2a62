package io.github.mdetr.core.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.nio.CharBuffer;

/** JSON as checkpoints use it: bounded nesting and numbers, names not interned for the life of the JVM. */
final class Json {
    /** Deepest nesting of plain values, read or written. */
    static final int MAX_DEPTH = 100;

    /** Longest name of a tensor or an argument, read or written. */
    static final int MAX_NAME_LENGTH = 1 << 20;

    /** Room for the longest integer that a pickle may hold, {@link Unpickler#MAX_INTEGER_BYTES}, in decimal digits. */
    private static final int MAX_NUMBER_LENGTH = 2500;

    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(SafeTensors.MAX_HEADER_BYTES)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH + 1)
                    .build())
            .build();

    private Json() {}

    static JsonParser parser(CharBuffer json) throws IOException {
        return FACTORY.createParser(json.array(), json.arrayOffset() + json.position(), json.remaining());
    }

    /** What is wrong with it and where, on one line. */
    static String problem(JsonProcessingException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("");
        String cut = message.length() <= 160 ? message : message.substring(0, 160) + "...";
        long at = e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
        return cut.replaceAll("\\p{C}", "?") + (at < 0 ? "" : " (character " + at + ")");
    }
}
