package io.github.mdetr.examples.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A picture as text: base64, in the plain alphabet or the one for addresses (RFC 4648, sections 4 and 5), padded or not, with
 * white space or without; or a data URL of it (RFC 2397). Nothing is fetched from an address.
 */
final class ImageText {
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final Pattern WHITE = Pattern.compile("[ \\t\\r\\n]+");

    private ImageText() {}

    /**
     * The bytes.
     *
     * @throws HttpError 400 when it is anything else
     */
    static byte[] decode(String text) throws HttpError {
        String plain = text.strip();
        if (plain.regionMatches(true, 0, "data:", 0, 5)) {
            plain = content(plain);
        } else if (ADDRESS.matcher(plain).matches()) {
            throw HttpError.bad(
                    "'image': expected the picture itself, got an address; nothing is fetched from addresses");
        }
        String joined = WHITE.matcher(plain).replaceAll("");
        boolean forAddresses = joined.indexOf('-') >= 0 || joined.indexOf('_') >= 0;
        try {
            return (forAddresses ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(joined);
        } catch (IllegalArgumentException e) {
            throw HttpError.bad("'image': expected base64, got "
                    + (joined.chars().allMatch(ImageText::isBase64)
                            ? "a length that it cannot have"
                            : "other characters"));
        }
    }

    private static boolean isBase64(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "+/-_=".indexOf(c) >= 0;
    }

    /** What follows the comma of a data URL. */
    private static String content(String url) throws HttpError {
        int comma = url.indexOf(',');
        if (comma < 0
                || !url.substring(0, comma).strip().toLowerCase(Locale.ROOT).endsWith(";base64")) {
            throw HttpError.bad("'image': expected a data URL in base64, data:image/png;base64,…");
        }
        String content = url.substring(comma + 1);
        if (content.indexOf('%') < 0) {
            return content;
        }
        try {
            return URLDecoder.decode(content.replace("+", "%2B"), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            throw HttpError.bad("'image': expected a data URL, got a wrong % in it");
        }
    }
}
