package io.github.mdetr.examples.cli;

import io.github.mdetr.tokenizer.TextReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A caption in a file of its own, since the system limits the length of arguments. */
final class CaptionFile {
    private static final int LONGEST = 16 << 20;

    private CaptionFile() {}

    /**
     * The text without a byte order mark and without a line break at its end.
     *
     * @throws IOException when the file cannot be read, is too long, or is no text
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
        try (TextReader text = new TextReader(new ByteArrayInputStream(bytes), file.toString())) {
            StringWriter caption = new StringWriter();
            text.transferTo(caption);
            return caption.toString().replaceFirst("\\r?\\n\\z", "");
        }
    }
}
