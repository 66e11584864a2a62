package io.github.mdetr.examples.server;

import io.github.mdetr.nn.pipeline.DetectOptions;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stands in a request, in whatever form it came, before it is put together. */
final class CallFields {
    static final String IMAGE = "image";
    static final String CAPTION = "caption";
    static final String PHRASES = "phrases";

    private static final Set<String> NAMES = Set.of(IMAGE, CAPTION, PHRASES, "threshold", "phraseThreshold", "topK");

    private final int maxPhrases;
    private byte @Nullable [] image;
    private @Nullable String caption;
    private final List<String> phrases = new ArrayList<>();
    private DetectOptions options = DetectOptions.defaults();

    CallFields(int maxPhrases) {
        this.maxPhrases = maxPhrases;
    }

    void image(byte[] bytes) throws HttpError {
        once(IMAGE, image);
        image = bytes;
    }

    void caption(String text) throws HttpError {
        once(CAPTION, caption);
        caption = text;
    }

    /** One more phrase. */
    void phrase(String text) throws HttpError {
        if (phrases.size() == maxPhrases) {
            throw HttpError.bad("'phrases': expected at most " + maxPhrases + ", got more");
        }
        phrases.add(text);
    }

    void threshold(float value) throws HttpError {
        options = inRange(() -> options.withThreshold(value));
    }

    void phraseThreshold(float value) throws HttpError {
        options = inRange(() -> options.withPhraseThreshold(value));
    }

    void topK(int value) throws HttpError {
        options = inRange(() -> options.withTopK(value));
    }

    private static DetectOptions inRange(Supplier<DetectOptions> changed) throws HttpError {
        try {
            return changed.get();
        } catch (IllegalArgumentException e) { // it says which and what is expected
            throw HttpError.bad(String.valueOf(e.getMessage()));
        }
    }

    private static void once(String name, @Nullable Object before) throws HttpError {
        if (before != null) {
            throw HttpError.bad("'" + name + "': expected once, got it again");
        }
    }

    /** A field that came as text, of a form or a query. */
    void set(String name, String text) throws HttpError {
        switch (name) {
            case IMAGE -> image(ImageText.decode(text));
            case CAPTION -> caption(text);
            case PHRASES -> phrase(text);
            case "threshold" -> threshold(number(name, text));
            case "phraseThreshold" -> phraseThreshold(number(name, text));
            case "topK" -> topK(integer(name, text));
            default -> throw unknown(name);
        }
    }

    /** Refuses a field that there is not, before its content is read. */
    static void checkName(String name) throws HttpError {
        if (!NAMES.contains(name)) {
            throw unknown(name);
        }
    }

    static HttpError unknown(String name) {
        return HttpError.bad("unknown field '" + shortened(name) + "'; expected image, caption, phrases, threshold,"
                + " phraseThreshold or topK");
    }

    private static float number(String name, String text) throws HttpError {
        try {
            return Float.parseFloat(text.strip());
        } catch (NumberFormatException e) {
            throw HttpError.bad("'" + name + "': expected a number, got " + shortened(text));
        }
    }

    private static int integer(String name, String text) throws HttpError {
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw HttpError.bad("'" + name + "': expected an integer, got " + shortened(text));
        }
    }

    /** Text of bytes in UTF-8. */
    static String text(String name, byte[] bytes) throws HttpError {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw HttpError.bad("'" + shortened(name) + "': expected text in UTF-8, got other bytes");
        }
    }

    static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    /** The picture's bytes, when all is there that must be. */
    byte[] checkedImage() throws HttpError {
        if (image == null) {
            throw HttpError.bad("no 'image': expected a picture");
        }
        if ((caption == null) == phrases.isEmpty()) {
            throw HttpError.bad(
                    "expected either 'caption' or 'phrases', got " + (caption == null ? "neither" : "both"));
        }
        List<String> texts = caption == null ? phrases : List.of(caption);
        if (texts.stream().anyMatch(String::isBlank)) {
            throw HttpError.bad("'" + (caption == null ? PHRASES : CAPTION)
                    + "': expected a text that names something, got an empty one");
        }
        return image;
    }

    @Nullable
    String caption() {
        return caption;
    }

    List<String> phrases() {
        return phrases;
    }

    DetectOptions options() {
        return options;
    }
}
