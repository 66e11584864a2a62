package io.github.mdetr.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A caption in a file of its own, since the system limits the length of arguments. */
final class CaptionFile {
    private static final int LONGEST = 16 << 20;

    private CaptionFile() {}

    /**
     * The text without a line break at its end.
     *
     * @throws IOException when the file cannot be read, is too long, or is no UTF-8
     */
    static String read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": is a folder, expected a text in UTF-8");
        }
        byte[] bytes;
        try (InputStream stream = Files.newInputStream(file)) {
            // One byte beyond the limit tells a text that is too long, also from a pipe or a device, which have no
            // size.
            bytes = stream.readNBytes(LONGEST + 1);
        }
        if (bytes.length > LONGEST) {
            throw new IOException(
                    file + ": expected a caption of at most " + Quantity.bytes(LONGEST) + ", got more; shorten it");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.replaceFirst("\\r?\\n\\z", "");
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": expected a text in UTF-8, got other bytes", e);
        }
    }
}
