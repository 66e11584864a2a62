package io.github.mdetr.examples.server;

import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * Reads {@code POST /detect} in one of three forms: JSON, a form with the picture as a file, or the picture's bytes with the rest
 * in the query. What cannot be read is refused with a call of the same form that would do.
 */
final class DetectCallReader {
    private final ServerLimits limits;
    private final JsonBody json;
    private final FormBody form;
    private final ImageReader images;

    DetectCallReader(ServerLimits limits) {
        this.limits = limits;
        this.json = new JsonBody(limits);
        this.form = new FormBody(limits);
        this.images = ImageReader.of(ImageReader.Mode.SHOWN)
                .withMaxPixels(limits.maxPixels())
                .withMaxBytes(limits.maxBytes());
    }

    /** A form that a request can have. */
    enum Form {
        JSON("-H \"Content-Type: application/json\" -d '{\"image\": \"<base64>\", \"caption\": \"two dogs\"}' ", ""),
        PARTS("-F image=@dogs.jpg -F \"caption=two dogs\" ", ""),
        BYTES("-H \"Content-Type: image/jpeg\" --data-binary @dogs.jpg ", "?caption=two%20dogs");

        private final String options;
        private final String query;

        Form(String options, String query) {
            this.options = options;
            this.query = query;
        }

        /** A call that would do. */
        String example(Exchange exchange) {
            return "; for example: curl " + options + '"' + exchange.address() + "/detect" + query + '"';
        }
    }

    /**
     * Finds out the form and refuses what cannot be read, before the body comes.
     *
     * @throws HttpError 415 when the body is of another type, or encoded once more
     */
    Form checkHead(Exchange exchange) throws HttpError {
        checkEncoding(exchange, "Content-Encoding", "identity");
        checkEncoding(exchange, "Transfer-Encoding", "chunked");
        String stated = exchange.header("Content-Type");
        String type = stated == null
                ? "none"
                : stated.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        if (type.equals(Exchange.JSON)) {
            return Form.JSON;
        }
        if (type.equals("multipart/form-data")) {
            return Form.PARTS;
        }
        if (type.startsWith("image/") || type.equals("application/octet-stream")) {
            return Form.BYTES;
        }
        throw new HttpError(
                HttpError.UNSUPPORTED_TYPE,
                "expected Content-Type " + Exchange.JSON + ", multipart/form-data, image/… or application/octet-stream,"
                        + " got " + CallFields.shortened(type) + Form.PARTS.example(exchange));
    }

    private static void checkEncoding(Exchange exchange, String header, String plain) throws HttpError {
        String encoding = exchange.header(header);
        if (encoding != null && !encoding.equalsIgnoreCase(plain)) {
            throw new HttpError(
                    HttpError.UNSUPPORTED_TYPE,
                    "expected a body without " + header + " or with " + plain + ", got "
                            + CallFields.shortened(encoding));
        }
    }

    /**
     * Reads a body of a form.
     *
     * @throws HttpError 400 when it is not what is expected, 422 when the image cannot be decoded
     */
    DetectCall read(Exchange exchange, Form as, byte[] body) throws HttpError {
        CallFields fields = new CallFields(limits.maxPhrases());
        byte[] image;
        try {
            switch (as) {
                case JSON -> json.read(body, fields);
                case PARTS -> form.read(String.valueOf(exchange.header("Content-Type")), body, fields);
                case BYTES -> {
                    query(exchange, fields);
                    if (body.length > 0) {
                        fields.image(body);
                    }
                }
            }
            image = fields.checkedImage();
        } catch (HttpError e) {
            throw HttpError.bad(e.reason() + as.example(exchange));
        }
        List<String> notes = new ArrayList<>();
        RgbImage picture = decode(image, notes);
        return new DetectCall(picture, fields.caption(), fields.phrases(), fields.options(), notes);
    }

    private static void query(Exchange exchange, CallFields fields) throws HttpError {
        Fields stated;
        try {
            stated = Request.extractQueryParameters(exchange.request());
        } catch (RuntimeException e) { // of a % without its digits, or no UTF-8
            throw HttpError.bad("the query is not what is expected: UTF-8 with %XX for what is not a letter or digit");
        }
        for (Fields.Field field : stated) {
            if (field.getName().equals(CallFields.IMAGE)) {
                throw HttpError.bad("'image': expected the picture as the body, got it in the query");
            }
            for (String value : List.copyOf(field.getValues())) {
                fields.set(field.getName(), value);
            }
        }
    }

    private RgbImage decode(byte[] bytes, List<String> notes) throws HttpError {
        try {
            return images.read(bytes, CallFields.IMAGE, notes::add);
        } catch (ImageReadException e) {
            String why = String.valueOf(e.getMessage()) // the setting as the service has it
                    .replace("raise ImageReader's maxPixels", "have the service started with a larger --max-pixels");
            throw new HttpError(HttpError.UNPROCESSABLE, why);
        }
    }
}
