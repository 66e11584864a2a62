package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebP files that PIL refuses are refused, with one line that says why. */
class WebpErrorsTest {
    private static final ImageReader STORED = ImageReader.of(ImageReader.Mode.STORED);

    private static final byte[] ANIM = {0, 0, 0, 0, 0, 0};

    private static final class Chunk {
        private final String type;
        private final byte[] data;

        Chunk(String type, byte[] data) {
            this.type = type;
            this.data = data;
        }
    }

    /** Cut, with the lengths made to fit: an error, or the whole image where what is missing says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"lossy-q75-33x18", "lossless-33x18", "lossy-options-6", "lossless-palette-17"})
    void dataThatEndsEarly(String name) throws IOException {
        byte[] file = fixture(name);
        Chunk image = chunks(file).get(0);
        byte[] whole = STORED.read(file, "whole").rgb();
        int read = 0;
        for (int length = 0; length < image.data.length; length += 2) {
            byte[] cut = riff(new Chunk(image.type, Arrays.copyOf(image.data, length)));
            try {
                assertArrayEquals(whole, STORED.read(cut, "cut").rgb(), "cut to " + length);
                read++;
            } catch (ImageReadException e) {
                assertTrue(e.getMessage().startsWith("cut: WebP is "), e.getMessage());
            }
        }
        assertTrue(read <= 3, read + " shorter lengths were read");
    }

    @Test
    void chunksThatAreNotWhole() throws IOException {
        byte[] file = fixture("lossy-q75-33x18");
        Chunk image = chunks(file).get(0);
        assertError(with(file, 16, 0xff), "WebP is truncated: the chunk at byte 12 has");
        assertError(with(file, 7, 0xff), "WebP is truncated: it declares");
        assertError(with(file, 4, 4, 0, 0, 0), "WebP is truncated: it declares 4 bytes");
        assertError(riff(new Chunk("ABCD", new byte[8])), "does not begin with a chunk of the format");
        byte[] more = Arrays.copyOf(file, file.length + 3);
        more[4] = (byte) (more[4] + 3);
        assertError(more, "bytes that belong to nothing at byte " + file.length);
        assertError(riff(extended(33, 18, 0)), "bytes that belong to nothing at byte 30");
        assertError(riff(extended(33, 18, 0), new Chunk("EXIF", new byte[2])), "WebP has no image");
        assertError(riff(extended(33, 18, 1), image), "WebP is damaged: its VP8X chunk has flags 1");
        assertError(riff(extended(33, 18, 0), extended(33, 18, 0), image), "second VP8X chunk");
        assertError(riff(extended(34, 18, 0), image), "its image has 33x18 pixels, its canvas 34x18");
        assertError(riff(extended(33, 18, 0), image, image), "or a second one");
        assertError(riff(new Chunk("VP8X", new byte[12]), image), "its VP8X chunk has 12 bytes");
    }

    @Test
    void alphaInTheWrongPlace() throws IOException {
        Chunk image = chunks(fixture("lossy-q75-33x18")).get(0);
        Chunk lossless = chunks(fixture("lossless-33x18")).get(0);
        Chunk alpha = new Chunk("ALPH", new byte[1 + 33 * 18]);
        assertError(riff(extended(33, 18, 0x10), image, alpha), "its alpha comes behind its image");
        assertError(riff(extended(33, 18, 0x10), alpha, lossless), "alpha without an image, or next to a lossless one");
        assertError(riff(extended(33, 18, 0x10), alpha), "bytes that belong to nothing");
        Chunk shorter = new Chunk("ALPH", new byte[33 * 18]);
        assertError(riff(extended(33, 18, 0x10), shorter, image), "its alpha has 593 bytes, expected 594");
        Chunk empty = new Chunk("ALPH", new byte[0]);
        assertError(riff(extended(33, 18, 0x10), empty, image), "its ALPH chunk is empty");
        for (int header : new int[] {2, 0x20, 0x40}) {
            byte[] data = alpha.data.clone();
            data[0] = (byte) header;
            assertError(riff(extended(33, 18, 0x10), new Chunk("ALPH", data), image), "WebP is damaged: its alpha has");
        }
    }

    @Test
    void framesInTheWrongPlace() throws IOException {
        Chunk image = chunks(fixture("lossy-q75-33x18")).get(0);
        Chunk anim = new Chunk("ANIM", ANIM);
        Chunk frame = new Chunk("ANMF", frame(image));
        Chunk canvas = extended(33, 18, 2);
        assertEquals(
                new ImageSize(33, 18),
                STORED.read(riff(canvas, anim, frame), "x").size());
        assertError(riff(canvas, frame), "without an ANIM chunk before it");
        assertError(riff(extended(32, 18, 2), anim, frame), "a frame lies beyond the canvas of 32x18 pixels");
        assertError(riff(canvas, anim, image), "an image outside the frames");
        assertError(riff(canvas, anim, new Chunk("EXIF", new byte[2])), "WebP has no image");
        assertError(riff(canvas, new Chunk("ANIM", new byte[4]), frame), "its ANIM chunk has 4 bytes");
        assertError(riff(canvas, anim, new Chunk("ANMF", new byte[14])), "or of 14 bytes");
    }

    @Test
    void headersThatAreNotThoseOfImages() throws IOException {
        byte[] lossy = fixture("lossy-q75-33x18");
        assertError(with(lossy, 20, lossy[20] | 1), "does not begin with a VP8 key frame");
        assertError(with(lossy, 20, lossy[20] | 8), "does not begin with a VP8 key frame");
        assertError(with(lossy, 23, 0), "does not begin with a VP8 key frame");
        assertError(with(lossy, 26, 0, 0), "does not begin with a VP8 key frame");
        assertError(with(lossy, 22, 0xff), "the first partition is longer than the image");
        byte[] lossless = fixture("lossless-33x18");
        assertError(with(lossless, 20, 0x2e), "does not begin with a VP8L header");
        assertError(with(lossless, 24, lossless[24] | 0x20), "does not begin with a VP8L header");
    }

    @Test
    void sizesBeyondTheLimitFailAtOnce() throws IOException {
        byte[] lossy = with(fixture("lossy-q75-33x18"), 26, 0xff, 0x3f, 0xff, 0x3f);
        assertError(lossy, "WebP declares 16383x16383 pixels, over the limit of 100000000");
        assertError(lossy, STORED.withMaxPixels(Long.MAX_VALUE), "cannot hold the modes of 16383x16383 pixels");
        byte[] lossless = with(fixture("lossless-33x18"), 21, 0xff, 0xff, 0xff, 0x0f);
        assertError(lossless, "WebP declares 16384x16384 pixels, over the limit of 100000000");
    }

    @Test
    void prefixCodesThatAreNone() {
        LosslessBits bits = new LosslessBits(1, 1).put(0, 1).put(0, 1).put(0, 1);
        // Four lengths of code lengths: 1, 1, 1 and 0 are too many.
        byte[] over =
                bits.put(0, 1).put(0, 4).put(1, 3).put(1, 3).put(1, 3).put(0, 3).file();
        assertError(over, "a prefix code with lengths that no prefix code has");
        bits = new LosslessBits(1, 1).put(0, 1).put(1, 1).put(12, 4);
        assertError(bits.file(), "a cache of 2^12 colours");
        bits = new LosslessBits(1, 1).put(1, 1).put(2, 2).put(1, 1).put(2, 2);
        assertError(bits.file(), "a transform comes twice");
    }

    @Test
    void copiesFromOutsideTheImage() {
        LosslessBits bits = new LosslessBits(5, 5).put(0, 1).put(0, 1).put(0, 1);
        // Green: symbol 256 alone, a copy of one pixel: lengths of code lengths 0 and 1 are 1, all others 0.
        bits.put(0, 1).put(0, 4).put(0, 3).put(1, 3).put(0, 3).put(1, 3);
        // Eighteen (zeros) is code 1 and comes twice, then the length 1, which is code 0.
        bits.put(1, 1)
                .put(2, 3)
                .put(1, 6)
                .put(1, 1)
                .put(127, 7)
                .put(1, 1)
                .put(107, 7)
                .put(0, 1);
        for (int i = 0; i < 4; i++) {
            bits.put(1, 1).put(0, 1).put(0, 1).put(0, 1);
        }
        assertError(bits.file(), "a copy from outside the image, at pixel 0");
    }

    /** 65,536 groups of five codes, of which one is taken. */
    @Test
    void manyCodesAreSoonRead() throws ImageReadException {
        LosslessBits bits = new LosslessBits(8, 8).put(0, 1).put(0, 1).put(1, 1).put(1, 3);
        // The blocks' image: no cache, then codes that give red and green 255.
        bits.put(0, 1);
        bits.only(255).only(255).only(0).only(0).only(0);
        for (int i = 0; i < 65536; i++) {
            bits.only(1).only(2).only(3).only(255).only(0);
        }
        byte[] file = bits.file();
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(0x020103, image.pixel(7, 7));
    }

    /** Every pixel takes no bits at all. */
    @Test
    void pixelsWithoutBitsAreSoonRead() throws ImageReadException {
        LosslessBits bits = new LosslessBits(4000, 4000);
        // Subtracted green, then a predictor image and a colour image of zeros.
        bits.put(1, 1).put(2, 2);
        for (int kind = 0; kind < 2; kind++) {
            bits.put(1, 1).put(kind, 2).put(0, 3).put(0, 1);
            bits.only(12).only(0).only(0).only(0).only(0);
        }
        bits.put(0, 1).put(0, 1).put(0, 1);
        byte[] file = bits.only(1).only(2).only(3).only(0).only(0).file();
        assertTrue(file.length < 100, "length " + file.length);
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(new ImageSize(4000, 4000), image.size());
    }

    /** Writes a lossless file, the lowest bit first. */
    private static final class LosslessBits {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private int held;
        private int count;

        LosslessBits(int width, int height) {
            put(0x2f, 8).put(width - 1, 14).put(height - 1, 14).put(0, 4);
        }

        LosslessBits put(int value, int bits) {
            for (int i = 0; i < bits; i++) {
                held |= (value >> i & 1) << count++;
                if (count == 8) {
                    out.write(held);
                    held = 0;
                    count = 0;
                }
            }
            return this;
        }

        /** A prefix code of one symbol. */
        LosslessBits only(int symbol) {
            return put(1, 1).put(0, 1).put(1, 1).put(symbol, 8);
        }

        byte[] file() {
            put(0, -count & 7);
            return riff(new Chunk("VP8L", out.toByteArray()));
        }
    }

    private static byte[] fixture(String name) throws IOException {
        return Files.readAllBytes(ImageFixtures.FILES.resolve("webp-" + name + ".webp"));
    }

    private static List<Chunk> chunks(byte[] file) {
        List<Chunk> found = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 12; at < file.length; ) {
            int length = in.getInt(at + 4);
            String type = new String(file, at, 4, StandardCharsets.ISO_8859_1);
            found.add(new Chunk(type, Arrays.copyOfRange(file, at + 8, at + 8 + length)));
            at += 8 + length + (length & 1);
        }
        return found;
    }

    private static Chunk extended(int width, int height, int flags) {
        return new Chunk(
                "VP8X", new byte[] {(byte) flags, 0, 0, 0, (byte) (width - 1), 0, 0, (byte) (height - 1), 0, 0});
    }

    private static byte[] frame(Chunk image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[16]);
        write(out, image);
        return out.toByteArray();
    }

    private static byte[] riff(Chunk... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("WEBP".getBytes(StandardCharsets.ISO_8859_1));
        for (Chunk chunk : chunks) {
            write(out, chunk);
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        write(file, new Chunk("RIFF", out.toByteArray()));
        return file.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, Chunk chunk) {
        out.writeBytes(chunk.type.getBytes(StandardCharsets.ISO_8859_1));
        byte[] length = new byte[4];
        ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putInt(chunk.data.length);
        out.writeBytes(length);
        out.writeBytes(chunk.data);
        out.writeBytes(new byte[chunk.data.length & 1]);
    }

    private static byte[] with(byte[] bytes, int at, int... values) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    private static void assertError(byte[] bytes, String message) {
        assertError(bytes, STORED, message);
    }

    private static void assertError(byte[] bytes, ImageReader reader, String message) {
        ImageReadException error = assertThrows(ImageReadException.class, () -> reader.read(bytes, "bad.webp"));
        assertTrue(error.getMessage().startsWith("bad.webp: "), error.getMessage());
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }
}
