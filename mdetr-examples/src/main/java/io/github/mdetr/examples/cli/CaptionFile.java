package io.github.mdetr.examples.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A caption in a file of its own, since the system limits the length of arguments. */
final class CaptionFile {
    private static final long LONGEST = 16L << 20;

    private CaptionFile() {}

    /**
     * The text without a line break at its end.
     *
     * @throws IOException when the file cannot be read, is too long, or is no UTF-8
     */
    static String read(Path file) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + ": has " + Quantity.bytes(Files.size(file)) + ", a caption at most "
                    + Quantity.bytes(LONGEST));
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": expected a text in UTF-8, got other bytes", e);
        }
    }
}
