package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Small files that ask for much work: bounded, and soon done. */
class ImageBombTest {
    private static final ImageReader STORED = ImageReader.of(ImageReader.Mode.STORED);
    private static final ImageReader SHOWN = ImageReader.of(ImageReader.Mode.SHOWN);

    @Test
    void scansAreCounted() {
        byte[] file = progressive(8, 1);
        ImageReadException error = assertThrows(ImageReadException.class, () -> STORED.read(file, "bomb"));
        assertEquals("bomb: JPEG has more than 200 scans; save it again with fewer", error.getMessage());
    }

    /** Fourteen passes over 250,000 blocks in 38 KB; all coefficients are zero, so the picture is gray. */
    @Test
    void repeatedRefinementEndsSoon() throws ImageReadException {
        byte[] file = progressive(4000, 63);
        assertTrue(file.length < 40_000, "length " + file.length);
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(0x808080, image.pixel(3999, 3999));
    }

    /** Data beyond the last row is not inflated to its end. */
    @Test
    void inflatingStopsBehindTheImage() throws ImageReadException {
        byte[] file = png(deflate(200 << 20));
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(new ImageSize(1, 1), image.size());
    }

    @Test
    void textsAreInflatedInPartAndFewOfThem() {
        byte[] keyword = "Raw profile type exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
        byte[] packed = deflate(8 << 20);
        byte[] text = Arrays.copyOf(keyword, keyword.length + packed.length);
        System.arraycopy(packed, 0, text, keyword.length, packed.length);
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            texts.writeBytes(chunk("zTXt", text));
        }
        byte[] file = png(deflate(4), texts.toByteArray());
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> SHOWN.read(file, "bomb"));
        assertEquals(new ImageSize(1, 1), image.size());
    }

    /**
     * A square gray progressive JPEG of zero coefficients: a DC scan, then scans of so many AC coefficients each that
     * refine from bit 13 to bit 0. Both Huffman tables have one code, "0".
     */
    private static byte[] progressive(int side, int band) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("ffd8ffdb004300" + "01".repeat(64)));
        out.writeBytes(hex(String.format("ffc2000b08%04x%04x01011100", side, side)));
        out.writeBytes(hex("ffc400140001" + "00".repeat(15) + "00"));
        // End of band for 2^14 blocks and as many more as the 14 bits behind it say.
        out.writeBytes(hex("ffc400141001" + "00".repeat(15) + "e0"));
        int blocks = (side + 7) / 8 * ((side + 7) / 8);
        out.writeBytes(hex("ffda0008010100000000"));
        out.writeBytes(bits("0".repeat(blocks)));
        byte[] run = bits(("0" + "1".repeat(14)).repeat((blocks + 32766) / 32767));
        for (int from = 1; from < 64; from += band) {
            for (int low = 13; low >= 0; low--) {
                int high = low == 13 ? 0 : low + 1;
                out.writeBytes(hex(String.format("ffda0008010100%02x%02x%x%x", from, from + band - 1, high, low)));
                out.writeBytes(run);
            }
        }
        out.writeBytes(hex("ffd9"));
        return out.toByteArray();
    }

    private static byte[] bits(String digits) {
        String padded = digits + "1".repeat(-digits.length() & 7);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < padded.length(); i += 8) {
            int value = Integer.parseInt(padded.substring(i, i + 8), 2);
            out.write(value);
            if (value == 0xff) {
                out.write(0);
            }
        }
        return out.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /** A gray PNG of one pixel with chunks before its data. */
    private static byte[] png(byte[] data, byte... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("89504e470d0a1a0a"));
        out.writeBytes(chunk("IHDR", hex("00000001000000010800000000")));
        out.writeBytes(chunks);
        out.writeBytes(chunk("IDAT", data));
        out.writeBytes(chunk("IEND", new byte[0]));
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        byte[] chunk = new byte[data.length + 12];
        writeInt(chunk, 0, data.length);
        System.arraycopy(type.getBytes(StandardCharsets.ISO_8859_1), 0, chunk, 4, 4);
        System.arraycopy(data, 0, chunk, 8, data.length);
        CRC32 crc = new CRC32();
        crc.update(chunk, 4, data.length + 4);
        writeInt(chunk, data.length + 8, (int) crc.getValue());
        return chunk;
    }

    private static void writeInt(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) {
            bytes[at + i] = (byte) (value >> (24 - 8 * i));
        }
    }

    /** So many zeros, compressed. */
    private static byte[] deflate(int zeros) {
        Deflater deflater = new Deflater(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        deflater.setInput(new byte[zeros]);
        deflater.finish();
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }
}
