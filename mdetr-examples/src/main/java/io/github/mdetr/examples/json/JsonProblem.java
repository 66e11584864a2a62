package io.github.mdetr.examples.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;

/** What is wrong with a JSON text, on one line. */
public final class JsonProblem {
    private JsonProblem() {}

    /** The parser's words without what it advises its programmers, and the line, which it does not always give. */
    public static String of(JsonProcessingException e) {
        String words = e.getOriginalMessage()
                .replaceAll("\\s+", " ")
                .replaceAll(": enable `.*| \\(start marker at .*|, from `[^`]*`|: was expecting \\(JSON .*", "");
        JsonLocation at = e.getLocation();
        return at == null ? words : words + " in line " + at.getLineNr();
    }
}
