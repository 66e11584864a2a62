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
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Small files that ask for much work: bounded, and soon done. */
class ImageBombTest {
    private static final ImageReader STORED = ImageReader.of(ImageReader.Mode.STORED);
    private static final ImageReader SHOWN = ImageReader.of(ImageReader.Mode.SHOWN);
    private static final int LZW = 5;
    private static final int DEFLATE = 8;
    private static final int PACK_BITS = 32773;

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

    /** Rows of one pixel: what a row costs beyond its pixels must not count. */
    @Test
    void tallImagesAreSoonRead() throws ImageReadException {
        byte[] file = png(deflate(2 * 10_000_000), 1, 10_000_000);
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        RgbImage small = assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> BilinearResize.resize(image, new ImageSize(1, 800)));
        assertEquals(0, small.pixel(0, 799));
    }

    /** Every chunk may hold an orientation; each byte is looked at once. */
    @Test
    void manySegmentsAreSoonRead() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("ffd8"));
        byte[] exif = hex("ffe10022457869660000" + "4d4d002a00000008" + "ffff" + "00".repeat(16));
        byte[] xmp =
                hex("ffe1ffff" + "687474703a2f2f6e732e61646f62652e636f6d2f7861702f312e302f00" + "20".repeat(65504));
        for (int i = 0; i < 500; i++) {
            out.writeBytes(exif);
            out.writeBytes(xmp);
        }
        byte[] picture = progressive(8, 63);
        out.write(picture, 2, picture.length - 2);
        byte[] file = out.toByteArray();
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> SHOWN.read(file, "bomb"));
        assertEquals(new ImageSize(8, 8), image.size());
    }

    /** Ten thousand strips that all lie over the same bytes, of which one row each is taken. */
    @Test
    void stripsThatShareTheirBytesAreSoonRead() throws ImageReadException {
        int rows = 10_000;
        byte[] file = sharedStrips(rows, DEFLATE, deflate(32 << 20));
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(new ImageSize(1, rows), image.size());
    }

    /** Empty blocks of Deflate, clear codes of LZW and empty runs of PackBits: 300 KB before each strip's only pixel. */
    @Test
    void stripsThatShareNothingButEmptyCodesAreRefused() {
        byte[] deflated = hex("7801" + "000000ffff".repeat(60_000) + "010100feff00");
        byte[] lzw = hex("804020100804020100".repeat(33_000) + "0000");
        byte[] packBits = hex("80".repeat(300_000) + "0000");
        for (byte[] file : List.of(
                sharedStrips(50_000, DEFLATE, deflated),
                sharedStrips(50_000, LZW, lzw),
                sharedStrips(50_000, PACK_BITS, packBits))) {
            ImageReadException error = assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> assertThrows(ImageReadException.class, () -> STORED.read(file, "bomb")));
            assertTrue(error.getMessage().contains("share data which expands to next to nothing"), error.getMessage());
        }
    }

    /** A gray TIFF one pixel wide of one strip a row, all of them in the same bytes. */
    private static byte[] sharedStrips(int rows, int compression, byte... packed) {
        byte[] head = hex("49492a0008000000" + "0700" + "000103000100000001000000" + "0101040001000000" + le(rows)
                + "020103000100000008000000" + "0301030001000000" + le(compression) + "060103000100000001000000"
                + "11010400" + le(rows) + le(98) + "160103000100000001000000" + "00000000");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        byte[] offset = hex(le(98 + 4 * rows));
        for (int i = 0; i < rows; i++) {
            out.writeBytes(offset);
        }
        out.writeBytes(packed);
        return out.toByteArray();
    }

    /** Of 250,000 restart intervals only the first has data; 200 KB fill up before the marker that all others meet. */
    @Test
    void whatFillsUpBeforeAMarkerIsPassedOnce() throws ImageReadException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("ffd8ffdb004300" + "01".repeat(64) + "ffc0000b080fa00fa001011100"));
        out.writeBytes(hex("ffc400140001" + "00".repeat(16) + "ffc400141001" + "00".repeat(16)));
        out.writeBytes(hex("ffdd00040001" + "ffda0008010100003f00" + "3f" + "ff".repeat(200_000) + "d9"));
        byte[] file = out.toByteArray();
        RgbImage image = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> STORED.read(file, "bomb"));
        assertEquals(0x808080, image.pixel(3999, 3999));
    }

    /** A tile of which the image takes one column would cost more than the image. */
    @Test
    void tilesMuchWiderThanTheImageAreRefused() {
        byte[] file = hex("49492a0008000000" + "0800" + "000103000100000001000000" + "0101040001000000" + le(1_000_000)
                + "020103000100000008000000" + "030103000100000001000000" + "060103000100000001000000"
                + "420103000100000000800000" + "430103000100000010000000" + "440104000100000008000000" + "00000000");
        ImageReadException error = assertThrows(ImageReadException.class, () -> STORED.read(file, "bomb"));
        assertTrue(error.getMessage().startsWith("bomb: TIFF has tiles of 32768x16 pixels"), error.getMessage());
    }

    @Test
    void declaredSizesOfOtherFormatsAreCheckedFirst() {
        byte[] gif = hex("474946383961ffffffff00000000" + "2c00000000ffffffff0008");
        byte[] bmp = hex("424d00000000000000003600000028000000ffff0000ffff0000010018000000" + "00".repeat(40));
        byte[] tiff =
                hex("49492a0008000000" + "0200" + "0001040001000000ffff0000" + "0101040001000000ffff0000" + "00000000");
        for (byte[] file : List.of(gif, bmp, tiff)) {
            ImageReadException error = assertThrows(ImageReadException.class, () -> STORED.read(file, "bomb"));
            assertTrue(error.getMessage().contains("declares 65535x65535 pixels, over the limit"), error.getMessage());
        }
    }

    private static String le(int value) {
        return String.format("%08x", Integer.reverseBytes(value));
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
        return png(data, 1, 1, chunks);
    }

    private static byte[] png(byte[] data, int width, int height, byte... chunks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(hex("89504e470d0a1a0a"));
        out.writeBytes(chunk("IHDR", hex(String.format("%08x%08x0800000000", width, height))));
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
