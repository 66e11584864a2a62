package io.github.mdetr.examples.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;

/** One JSON object as text, written field by field: quicker to start than a mapper. */
public final class JsonLine {
    /** Writes the fields of the object. */
    @FunctionalInterface
    public interface Fields {
        /** Writes them. */
        void write(JsonGenerator json) throws IOException;
    }

    private static final JsonFactory FACTORY = new JsonFactory();

    private JsonLine() {}

    /** The object on one line, or indented over several when {@code pretty}. */
    public static String write(boolean pretty, Fields fields) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        return text.toString();
    }
}
