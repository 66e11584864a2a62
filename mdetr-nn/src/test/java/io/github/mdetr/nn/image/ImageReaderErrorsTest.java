package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input gives one line that names the file and what is wrong, at once. */
class ImageReaderErrorsTest {
    private static final ImageReader STORED = ImageReader.of(ImageReader.Mode.STORED);
    private static final ImageReader SHOWN = ImageReader.of(ImageReader.Mode.SHOWN);

    @ParameterizedTest
    @CsvSource({
        "474946383961, GIF is truncated within its header",
        "424d00000000, BMP is truncated within its header",
        "49492a0008000000, TIFF is truncated",
        "524946460000000057454250, WebP is truncated within its header",
        "ff, is not an image in a known format",
        "ffd8ff, JPEG is truncated",
        "89504e470d0a1a0a, PNG is truncated",
        "'', 'is empty, expected a JPEG, PNG, WebP, BMP, GIF or TIFF file; a download or copy may have failed'",
    })
    void filesOfAFewBytes(String hex, String message) {
        assertError(HexFormat.of().parseHex(hex), message);
    }

    @Test
    void missingFilesAndFolders(@TempDir Path folder) {
        Path missing = folder.resolve("missing.jpg");
        ImageReadException error = assertThrows(ImageReadException.class, () -> STORED.read(missing));
        assertEquals(missing + ": no such file", error.getMessage());
        error = assertThrows(ImageReadException.class, () -> STORED.read(folder));
        assertEquals(
                folder + ": is a directory, expected a JPEG, PNG, WebP, BMP, GIF or TIFF file", error.getMessage());
    }

    @Test
    void unreadableFiles(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("secret.png"), new byte[10]);
        Files.setPosixFilePermissions(file, Set.of());
        Assumptions.assumeFalse(Files.isReadable(file), "this user reads every file");
        ImageReadException error = assertThrows(ImageReadException.class, () -> STORED.read(file));
        assertEquals(file + ": permission denied; make the file readable", error.getMessage());
    }

    @Test
    void filesBeyondTheLimit(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("long.png"), new byte[1000]);
        ImageReadException error = assertThrows(
                ImageReadException.class, () -> STORED.withMaxBytes(999).read(file));
        assertTrue(error.getMessage().contains("over the limit of 999"), error.getMessage());
    }

    @Test
    void declaredSizesBeyondTheLimitFailAtOnce() {
        byte[] jpeg = HexFormat.of()
                .parseHex("ffd8ffc0001108ffdcffdc03011100021100031100ffda000c03010002000300003f00" + "00".repeat(150));
        assertError(jpeg, "JPEG declares 65500x65500 pixels, over the limit of 100000000");
        byte[] png = HexFormat.of()
                .parseHex("89504e470d0a1a0a0000000d494844520000ffdc0000ffdc08020000001c35814c" + "00".repeat(150));
        assertError(png, "PNG declares 65500x65500 pixels, over the limit of 100000000");
        byte[] strip = HexFormat.of()
                .parseHex("89504e470d0a1a0a0000000d494844527fffffff7fffffff10060000004459d725" + "00".repeat(150));
        assertError(strip, "PNG declares 2147483647x2147483647 pixels");
        assertError(strip, STORED.withMaxPixels(Long.MAX_VALUE), "more than one array holds");
    }

    @Test
    void sizesThatTheBytesCannotHoldAllocateNothing() {
        byte[] jpeg = HexFormat.of()
                .parseHex("ffd8ffdb0043" + "00".repeat(65)
                        + "ffc00011082710271003011100021100031100ffda000c03010002000300003f00" + "00".repeat(150));
        assertError(jpeg, "JPEG is truncated: 254 bytes cannot hold 10000x10000 pixels");
        byte[] gif = HexFormat.of().parseHex("474946383961" + "01000100000000" + "2c00000000ac26ac2600" + "0202440100");
        assertError(gif, "GIF is truncated: 28 bytes cannot hold 9900x9900 pixels");
    }

    @Test
    void limitsAreExact() throws IOException {
        byte[] png = Files.readAllBytes(ImageFixtures.FILES.resolve("png-2-8.png"));
        assertEquals(13 * 7, STORED.withMaxPixels(13 * 7).read(png, "x").size().pixels());
        assertError(png, STORED.withMaxPixels(13 * 7 - 1), "declares 13x7 pixels, over the limit of 90");
        assertThrows(IllegalArgumentException.class, () -> STORED.withMaxPixels(0));
        assertThrows(IllegalArgumentException.class, () -> STORED.withMaxBytes(-1));
    }

    /** In the strict mode every file cut anywhere before its end is an error. */
    @Test
    void strictlyTruncationIsAnError() throws IOException {
        for (Path file : files()) {
            byte[] bytes = Files.readAllBytes(file);
            int end = file.toString().contains("trailing-bytes.") ? bytes.length - 8 : bytes.length;
            for (int length = 0; length < end; length += length < 40 || length > end - 40 ? 1 : 7) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThrows(
                        ImageReadException.class,
                        () -> STORED.strict().read(cut, "cut"),
                        file + " cut to " + length + " of " + bytes.length);
            }
        }
    }

    @Test
    void strictlyDecodersWarningsAreErrors() throws IOException {
        byte[] jpeg = Files.readAllBytes(ImageFixtures.FILES.resolve("restart-blocks.jpg"));
        int end = jpeg.length - 2;
        assertError(insert(jpeg, end, 0x12, 0x34), STORED.strict(), "bytes that belong to nothing");
        assertError(insert(jpeg, 20, 0x12), STORED.strict(), "bytes that belong to nothing at byte 20");
        int restart = indexOf(jpeg, 0xff, 0xd1);
        byte[] wrong = jpeg.clone();
        wrong[restart + 1] = (byte) 0xd5;
        assertError(wrong, STORED.strict(), "expected restart marker 1 at byte " + restart);
        assertError(insert(jpeg, restart, 0x12, 0x34), STORED.strict(), "JPEG is damaged");
        byte[] early = concat(Arrays.copyOf(jpeg, restart), new byte[] {-1, (byte) 0xd9});
        assertError(early, STORED.strict(), "JPEG is damaged: expected restart marker 1");
        byte[] png = Files.readAllBytes(ImageFixtures.FILES.resolve("png-2-8.png"));
        byte[] flipped = png.clone();
        flipped[60] ^= 1;
        assertError(flipped, STORED.strict(), "the checksum of the chunk at byte 33 does not fit");
    }

    @Test
    void otherProcessesAreNamed() throws IOException {
        byte[] jpeg = Files.readAllBytes(ImageFixtures.FILES.resolve("no-markers.jpg"));
        int frame = indexOf(jpeg, 0xff, 0xc0);
        assertError(with(jpeg, frame + 1, 0xc3), "JPEG is lossless");
        assertError(with(jpeg, frame + 1, 0xc5), "JPEG is hierarchical");
        assertError(with(jpeg, frame + 1, 0xc9), "JPEG is arithmetic-coded");
        assertError(with(jpeg, frame + 4, 12), "JPEG has 12 bits a sample, expected 8");
        assertError(with(jpeg, frame + 9, 2), "wrong length");
        assertError(with(jpeg, frame + 11, 0x53), "JPEG is damaged");
    }

    /** Any bytes give an image or that one exception; the seed makes a failure repeatable. */
    @Test
    void mutatedFilesGiveAnImageOrTheError() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (Path file : files()) {
            seeds.add(Files.readAllBytes(file));
        }
        Random random = new Random(7);
        int read = 0;
        int refused = 0;
        for (int round = 0; round < 30_000; round++) {
            byte[] bytes = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                // A small limit, so that a changed size does not make the test slow.
                (round % 2 == 0 ? STORED : SHOWN).withMaxPixels(1_000_000).read(bytes, "mutated");
                read++;
            } catch (ImageReadException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
                refused++;
            }
        }
        assertTrue(read > 100 && refused > 10_000, read + " read, " + refused + " refused");
    }

    private static byte[] mutate(byte[] seed, Random random) {
        byte[] bytes = seed.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = insert(bytes, at, random.nextInt(256), random.nextInt(256));
                default ->
                    bytes = concat(
                            Arrays.copyOf(bytes, at),
                            Arrays.copyOfRange(bytes, Math.min(bytes.length, at + random.nextInt(9)), bytes.length),
                            new byte[] {0});
            }
        }
        return bytes;
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(ImageFixtures.FILES)) {
            return files.sorted().toList();
        }
    }

    private static void assertError(byte[] bytes, String message) {
        assertError(bytes, STORED, message);
    }

    private static void assertError(byte[] bytes, ImageReader reader, String message) {
        ImageReadException error = assertThrows(ImageReadException.class, () -> reader.read(bytes, "bad.jpg"));
        assertTrue(error.getMessage().startsWith("bad.jpg: "), error.getMessage());
        assertTrue(error.getMessage().contains(message), error.getMessage());
    }

    private static int indexOf(byte[] bytes, int first, int second) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("" + (char) first + (char) second);
        assertTrue(at >= 0, "the fixture has no such marker");
        return at;
    }

    private static byte[] with(byte[] bytes, int at, int value) {
        byte[] changed = bytes.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static byte[] insert(byte[] bytes, int at, int... values) {
        byte[] added = new byte[values.length];
        for (int i = 0; i < added.length; i++) {
            added[i] = (byte) values[i];
        }
        return concat(Arrays.copyOf(bytes, at), added, Arrays.copyOfRange(bytes, at, bytes.length));
    }

    private static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
