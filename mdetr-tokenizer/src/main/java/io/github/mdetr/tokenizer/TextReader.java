package io.github.mdetr.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The one way in which text files of all kinds are read: UTF-8, or UTF-16 or UTF-32 where a byte order mark or the zero
 * bytes of the first characters give it away. The mark is no part of the text. Bytes that are none of the encoding are an
 * error that names their place, and never replaced.
 *
 * <p>The zero bytes are those by which RFC 4627, section 3, tells the encodings of a JSON text apart; other texts in Latin
 * letters show the same.
 */
public final class TextReader extends Reader {
    private static final int CHUNK = 1 << 13;
    private static final int SIGNATURE = 4;

    private final InputStream stream;
    private final String name;
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
    private final CharsetDecoder decoder;
    /** Whether a byte order mark states the encoding, or it was told by zero bytes. */
    private final boolean isMarked;
    /** Where in the file {@link #bytes} begins. */
    private long offset;

    private long line = 1;

    /** The second char of a surrogate pair of which only the first was wanted, or -1. */
    private int kept = -1;

    private boolean isAtEnd;

    /**
     * Reads the text of a stream, which is closed with this.
     *
     * @param name what the stream is called in errors
     * @throws IOException if the first bytes cannot be read
     */
    public TextReader(InputStream stream, String name) throws IOException {
        this.stream = stream;
        this.name = name;
        byte[] first = stream.readNBytes(SIGNATURE);
        Encoding encoding = Encoding.of(first);
        decoder = encoding.charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        offset = encoding.mark;
        isMarked = encoding.mark > 0;
        bytes.put(first, encoding.mark, first.length - encoding.mark).flip();
        isAtEnd = first.length < SIGNATURE;
    }

    /** Opens a file, to be read by lines or characters. */
    public static BufferedReader open(Path file) throws IOException {
        InputStream stream = Files.newInputStream(file);
        try {
            return new BufferedReader(new TextReader(stream, file.toString()));
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private record Encoding(Charset charset, int mark) {
        private static final Charset UTF_32LE = Charset.forName("UTF-32LE");
        private static final Charset UTF_32BE = Charset.forName("UTF-32BE");

        static Encoding of(byte[] first) {
            int a = at(first, 0);
            int b = at(first, 1);
            int c = at(first, 2);
            int d = at(first, 3);
            if (a == 0xEF && b == 0xBB && c == 0xBF) {
                return new Encoding(StandardCharsets.UTF_8, 3);
            }
            if (a == 0xFF && b == 0xFE) {
                return c == 0 && d == 0 ? new Encoding(UTF_32LE, 4) : new Encoding(StandardCharsets.UTF_16LE, 2);
            }
            if (a == 0xFE && b == 0xFF) {
                return new Encoding(StandardCharsets.UTF_16BE, 2);
            }
            if (a == 0 && b == 0 && c == 0xFE && d == 0xFF) {
                return new Encoding(UTF_32BE, 4);
            }
            if (a > 0 && b == 0) {
                return new Encoding(c == 0 && d == 0 ? UTF_32LE : StandardCharsets.UTF_16LE, 0);
            }
            if (a == 0 && (b > 0 || (c == 0 && d > 0))) {
                return new Encoding(b > 0 ? StandardCharsets.UTF_16BE : UTF_32BE, 0);
            }
            return new Encoding(StandardCharsets.UTF_8, 0);
        }

        /** A byte (0 to 255), or -1 behind the end. */
        private static int at(byte[] bytes, int i) {
            return i < bytes.length ? bytes[i] & 0xFF : -1;
        }
    }

    @Override
    public int read(char[] target, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (kept >= 0) {
            target[from] = (char) kept;
            kept = -1;
            return 1;
        }
        int read = length == 1 ? readOne(target, from) : decode(CharBuffer.wrap(target, from, length));
        return read == 0 ? -1 : read;
    }

    /** One char has no room for the two of an emoji: both are decoded, and the second is kept. */
    private int readOne(char[] target, int at) throws IOException {
        char[] two = new char[2];
        int read = decode(CharBuffer.wrap(two));
        target[at] = two[0];
        kept = read == 2 ? two[1] : -1;
        return Math.min(read, 1);
    }

    /** Decodes one char or more, or none at the end. */
    private int decode(CharBuffer chars) throws IOException {
        int begin = chars.position();
        while (true) {
            CoderResult result = decoder.decode(bytes, chars, isAtEnd);
            countLines(chars, begin);
            if (result.isError()) {
                throw malformed();
            }
            if (chars.position() > begin) {
                return chars.position() - begin;
            }
            if (isAtEnd) {
                return 0;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        offset += bytes.position();
        bytes.compact();
        int read = stream.read(bytes.array(), bytes.position(), bytes.remaining());
        isAtEnd = read < 0;
        bytes.position(bytes.position() + Math.max(0, read)).flip();
    }

    private void countLines(CharBuffer chars, int begin) {
        char[] array = chars.array();
        for (int i = begin; i < chars.position(); i++) {
            if (array[i] == '\n') {
                line++;
            }
        }
    }

    private IOException malformed() {
        long at = offset + bytes.position();
        String encoding = decoder.charset().name();
        String advice = decoder.charset().equals(StandardCharsets.UTF_8)
                ? "; save it as UTF-8"
                : isMarked
                        ? ", which its byte order mark promises; save it as UTF-8"
                        : ", which the zero bytes at its beginning suggest; save it as UTF-8, without zero bytes";
        return new TextException(name + ": not " + encoding + " in line " + line + ": byte 0x"
                + Integer.toHexString(bytes.get(bytes.position()) & 0xFF).toUpperCase(Locale.ROOT)
                + " at offset " + at + advice);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
