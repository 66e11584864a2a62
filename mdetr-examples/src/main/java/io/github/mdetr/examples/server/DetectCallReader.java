package io.github.mdetr.examples.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.DetectOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /detect}: an image in base64, a caption or phrases, and options. */
final class DetectCallReader {
    private final ServerLimits limits;
    private final JsonFactory json;
    private final ImageReader images;

    DetectCallReader(ServerLimits limits) {
        this.limits = limits;
        this.json = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(limits.maxBytes())
                        .build())
                .build();
        this.images = ImageReader.of(ImageReader.Mode.SHOWN)
                .withMaxPixels(limits.maxPixels())
                .withMaxBytes(limits.maxBytes());
    }

    /**
     * Refuses what cannot be read, before its body comes.
     *
     * @throws HttpError 415 when the body is of another type, or encoded once more
     */
    void checkHead(Exchange exchange) throws HttpError {
        String type = String.valueOf(exchange.header("Content-Type"));
        if (!type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(Exchange.JSON)) {
            throw new HttpError(HttpError.UNSUPPORTED_TYPE, "expected Content-Type " + Exchange.JSON);
        }
        checkEncoding(exchange, "Content-Encoding", "identity");
        checkEncoding(exchange, "Transfer-Encoding", "chunked");
    }

    private static void checkEncoding(Exchange exchange, String header, String plain) throws HttpError {
        String encoding = exchange.header(header);
        if (encoding != null && !encoding.equalsIgnoreCase(plain)) {
            throw new HttpError(
                    HttpError.UNSUPPORTED_TYPE,
                    "expected a body without " + header + " or with " + plain + ", got " + shortened(encoding));
        }
    }

    /** What stands in the body, before it is put together. */
    private static final class Fields {
        private byte @Nullable [] image;
        private @Nullable String caption;
        private final List<String> phrases = new ArrayList<>();
        private DetectOptions options = DetectOptions.defaults();
    }

    /**
     * Reads a body.
     *
     * @throws HttpError 400 when it is not what is expected, 422 when the image cannot be decoded
     */
    DetectCall read(Exchange exchange, byte[] body) throws HttpError {
        Fields fields;
        try (JsonParser in = json.createParser(body)) {
            fields = fields(in);
        } catch (JsonProcessingException e) {
            String why = e.getOriginalMessage()
                    .replaceFirst(": enable .*", ""); // a parser's options are none of the sender's
            throw bad("the body is not the JSON that is expected: " + why);
        } catch (IOException e) {
            throw bad("the body cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) { // an option out of its range
            throw bad(String.valueOf(e.getMessage()));
        }
        if (fields.image == null) {
            throw bad("no 'image': expected a picture's bytes in base64");
        }
        if ((fields.caption == null) == fields.phrases.isEmpty()) {
            throw bad("expected either 'caption' or 'phrases', got " + (fields.caption == null ? "neither" : "both"));
        }
        checkTexts(fields);
        return new DetectCall(decode(fields.image), fields.caption, fields.phrases, fields.options);
    }

    private Fields fields(JsonParser in) throws IOException, HttpError {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw bad("the body is not a JSON object");
        }
        Fields fields = new Fields();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            in.nextToken();
            switch (name) {
                case "image" -> fields.image = binary(in);
                case "caption" -> fields.caption = text(in, name);
                case "phrases" -> phrases(in, fields.phrases);
                case "threshold" -> fields.options = fields.options.withThreshold(number(in, name));
                case "phraseThreshold" -> fields.options = fields.options.withPhraseThreshold(number(in, name));
                case "topK" -> fields.options = fields.options.withTopK(integer(in, name));
                default ->
                    throw bad("unknown field '" + shortened(name) + "'; expected image, caption, phrases, threshold,"
                            + " phraseThreshold or topK");
            }
        }
        if (in.nextToken() != null) {
            throw bad("something follows the JSON object");
        }
        return fields;
    }

    private static byte[] binary(JsonParser in) throws IOException, HttpError {
        check(in.currentToken() == JsonToken.VALUE_STRING, "image", "a text in base64", in);
        try {
            return in.getBinaryValue();
        } catch (JsonEOFException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw bad("'image': expected base64, got other characters");
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

    private void phrases(JsonParser in, List<String> phrases) throws IOException, HttpError {
        check(in.currentToken() == JsonToken.START_ARRAY, "phrases", "an array of texts", in);
        phrases.clear();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            phrases.add(text(in, "phrases"));
            if (phrases.size() > limits.maxPhrases()) {
                throw bad("'phrases': expected at most " + limits.maxPhrases() + ", got more");
            }
        }
    }

    private static void checkTexts(Fields fields) throws HttpError {
        List<String> texts = fields.caption == null ? fields.phrases : List.of(fields.caption);
        if (texts.stream().anyMatch(String::isBlank)) {
            throw bad("'" + (fields.caption == null ? "phrases" : "caption")
                    + "': expected a text that names something, got an empty one");
        }
    }

    private RgbImage decode(byte[] bytes) throws HttpError {
        try {
            return images.read(bytes, "image");
        } catch (ImageReadException e) {
            throw new HttpError(HttpError.UNPROCESSABLE, String.valueOf(e.getMessage()));
        }
    }

    private static void check(boolean condition, String name, String expected, JsonParser in)
            throws IOException, HttpError {
        if (!condition) {
            throw bad("'" + name + "': expected " + expected + ", got " + shortened(String.valueOf(in.getText())));
        }
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static HttpError bad(String message) {
        return new HttpError(HttpError.BAD_REQUEST, message);
    }
}
