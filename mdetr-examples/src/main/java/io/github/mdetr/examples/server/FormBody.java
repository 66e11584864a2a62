package io.github.mdetr.examples.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartCompliance;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code multipart/form-data} (RFC 7578): a part for each field, the picture as a file or as the text that it is in JSON,
 * several phrases as several parts.
 */
final class FormBody {
    private static final int MOST_HEADERS = 4096;
    private static final int OTHER_FIELDS = 10;
    private static final Pattern NAME = Pattern.compile(
            ";\\s*name=(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^\\s;\"]+))", Pattern.CASE_INSENSITIVE);
    private static final Pattern FILE = Pattern.compile(";\\s*filename\\*?=", Pattern.CASE_INSENSITIVE);

    private final ServerLimits limits;

    FormBody(ServerLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads it into {@code fields}.
     *
     * @param type the request's Content-Type, which has the boundary
     * @throws HttpError 400 when it is not what is expected
     */
    void read(String type, byte[] body, CallFields fields) throws HttpError {
        String boundary = MultiPart.extractBoundary(type);
        if (boundary == null || boundary.isEmpty()) {
            throw HttpError.bad("multipart/form-data: expected a boundary in the Content-Type, got none");
        }
        Parts parts = new Parts(fields);
        MultiPart.Parser parser = new MultiPart.Parser(boundary, MultiPartCompliance.RFC7578, parts);
        parser.setPartHeadersMaxLength(MOST_HEADERS);
        parser.setMaxParts(limits.maxPhrases() + OTHER_FIELDS);
        try {
            parser.parse(Content.Chunk.from(ByteBuffer.wrap(body), true));
        } catch (RuntimeException e) { // what the parser makes of what it cannot parse
            throw broken(e);
        }
        if (parts.refusal != null) {
            throw parts.refusal;
        }
        if (parts.failure != null) {
            throw broken(parts.failure);
        }
        if (!parts.complete) {
            throw broken(null);
        }
    }

    private static HttpError broken(@Nullable Throwable cause) {
        String why = cause == null || cause.getMessage() == null ? "its end is missing" : cause.getMessage();
        return HttpError.bad("the body is not the multipart/form-data that is expected: " + why);
    }

    /** Puts parts into fields as they come; the first fault counts. */
    private static final class Parts implements MultiPart.Parser.Listener {
        private final CallFields fields;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private @Nullable String disposition;
        private @Nullable String type;
        private @Nullable HttpError refusal;
        private @Nullable Throwable failure;
        private boolean complete;

        Parts(CallFields fields) {
            this.fields = fields;
        }

        @Override
        public void onPartBegin() {
            content.reset();
            disposition = null;
            type = null;
        }

        @Override
        public void onPartHeader(String name, String value) {
            if (name.equalsIgnoreCase("Content-Disposition")) {
                disposition = value;
            } else if (name.equalsIgnoreCase("Content-Type")) {
                type = value.toLowerCase(Locale.ROOT);
            }
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.getByteBuffer().get(bytes);
            content.writeBytes(bytes);
        }

        @Override
        public void onPartEnd() {
            if (refusal == null) {
                try {
                    put(content.toByteArray());
                } catch (HttpError e) {
                    refusal = e;
                }
            }
        }

        private void put(byte[] bytes) throws HttpError {
            String described = disposition == null ? "" : disposition;
            Matcher named = NAME.matcher(described);
            if (!named.find()) {
                throw HttpError.bad("multipart/form-data: expected a name for each part, got one without");
            }
            String name = named.group(1) != null ? named.group(1) : named.group(2);
            CallFields.checkName(name);
            boolean file = FILE.matcher(described).find() || (type != null && !type.startsWith("text/"));
            if (name.equals(CallFields.IMAGE) && file) {
                fields.image(bytes);
            } else {
                fields.set(name, CallFields.text(name, bytes));
            }
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        @Override
        public void onFailure(Throwable cause) {
            failure = cause;
        }
    }
}
