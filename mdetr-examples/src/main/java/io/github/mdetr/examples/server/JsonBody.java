package io.github.mdetr.examples.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.mdetr.examples.json.JsonProblem;
import io.github.mdetr.tokenizer.TextException;
import io.github.mdetr.tokenizer.TextReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/** Reads a JSON object of fields. */
final class JsonBody {
    private final JsonFactory json;

    JsonBody(ServerLimits limits) {
        json = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(limits.maxBytes())
                        .build())
                .build();
    }

    /**
     * Reads it into {@code fields}.
     *
     * @throws HttpError 400 when it is not what is expected
     */
    void read(byte[] body, CallFields fields) throws HttpError {
        try (JsonParser in = json.createParser(new TextReader(new ByteArrayInputStream(body), "the body"))) {
            read(in, fields);
        } catch (JsonProcessingException e) {
            throw HttpError.bad("the body is not the JSON that is expected: " + JsonProblem.of(e));
        } catch (TextException e) {
            throw HttpError.bad(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw HttpError.bad("the body cannot be read: " + e.getMessage());
        }
    }

    private static void read(JsonParser in, CallFields fields) throws IOException, HttpError {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw HttpError.bad("the body is not a JSON object");
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case CallFields.IMAGE -> {
                    check(in.currentToken() == JsonToken.VALUE_STRING, name, "a text in base64", in);
                    fields.image(ImageText.decode(in.getText()));
                }
                case CallFields.CAPTION -> fields.caption(text(in, name));
                case CallFields.PHRASES -> phrases(in, fields);
                case "threshold" -> fields.threshold(number(in, name));
                case "phraseThreshold" -> fields.phraseThreshold(number(in, name));
                case "topK" -> fields.topK(integer(in, name));
                default -> throw CallFields.unknown(name);
            }
        }
        if (in.nextToken() != null) {
            throw HttpError.bad("something follows the JSON object");
        }
    }

    private static String text(JsonParser in, String name) throws IOException, HttpError {
        check(in.currentToken() == JsonToken.VALUE_STRING, name, "a text", in);
        return in.getText();
    }

    private static float number(JsonParser in, String name) throws IOException, HttpError {
        check(in.currentToken().isNumeric(), name, "a number", in);
        return in.getFloatValue();
    }

    private static int integer(JsonParser in, String name) throws IOException, HttpError {
        check(in.currentToken() == JsonToken.VALUE_NUMBER_INT, name, "an integer", in);
        return in.getIntValue();
    }

    private static void phrases(JsonParser in, CallFields fields) throws IOException, HttpError {
        check(in.currentToken() == JsonToken.START_ARRAY, CallFields.PHRASES, "an array of texts", in);
        while (in.nextToken() != JsonToken.END_ARRAY) {
            fields.phrase(text(in, CallFields.PHRASES));
        }
    }

    private static void check(boolean condition, String name, String expected, JsonParser in)
            throws IOException, HttpError {
        if (!condition) {
            throw HttpError.bad("'" + name + "': expected " + expected + ", got "
                    + CallFields.shortened(String.valueOf(in.getText())));
        }
    }
}
