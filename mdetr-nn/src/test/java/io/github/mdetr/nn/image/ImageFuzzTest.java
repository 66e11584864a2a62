package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.mdetr.core.testing.Bounded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.params.provider.MethodSource;

/** Images of any bytes: pixels or one typed error, in bounded time and memory. */
class ImageFuzzTest {
    private static final Path FILES = Path.of("src/test/resources/image/files");
    private static final int MAX_PIXELS = 1 << 18;

    /** Coefficients of a progressive JPEG are the most that a pixel takes. */
    private static final long BYTES = 64L * MAX_PIXELS + (16 << 20);

    private static final int MULTIPLE = 100;
    private static final int PNG_SIGNATURE = 8;

    /** Length, type and sum. */
    private static final int PNG_CHUNK = 12;

    @MethodSource
    @FuzzTest
    void jpeg(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> jpeg() throws IOException {
        return Stream.concat(files(".jpg"), DamagedImagesTest.files(".jpg", 7));
    }

    @MethodSource
    @FuzzTest
    void png(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> png() throws IOException {
        return Stream.concat(files(".png"), DamagedImagesTest.files(".png", 7));
    }

    /** With sums that fit: otherwise nearly every change ends at a chunk's sum. */
    @MethodSource("png")
    @FuzzTest
    void pngWithSums(byte[] bytes) throws Exception {
        byte[] file = bytes.clone();
        ByteBuffer chunks = ByteBuffer.wrap(file);
        for (int at = PNG_SIGNATURE; file.length - at >= PNG_CHUNK; ) {
            int length = chunks.getInt(at);
            if (length < 0 || length > file.length - at - PNG_CHUNK) {
                break;
            }
            CRC32 sum = new CRC32();
            sum.update(file, at + 4, length + 4);
            chunks.putInt(at + 8 + length, (int) sum.getValue());
            at += length + PNG_CHUNK;
        }
        read(file);
    }

    @MethodSource
    @FuzzTest
    void webp(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> webp() throws IOException {
        return files(".webp");
    }

    @MethodSource
    @FuzzTest
    void bmp(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> bmp() throws IOException {
        return OtherFormatsTest.files("bmp-");
    }

    @MethodSource
    @FuzzTest
    void gif(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> gif() throws IOException {
        return OtherFormatsTest.files("gif-");
    }

    @MethodSource
    @FuzzTest
    void tiff(byte[] bytes) throws Exception {
        read(bytes);
    }

    static Stream<byte[]> tiff() throws IOException {
        return OtherFormatsTest.files("tiff-");
    }

    private static void read(byte[] bytes) throws Exception {
        for (ImageReader.Mode mode : ImageReader.Mode.values()) {
            ImageReader reader = ImageReader.of(mode).withMaxPixels(MAX_PIXELS);
            Bounded.call(BYTES + (long) MULTIPLE * bytes.length, () -> {
                try {
                    RgbImage image = reader.read(bytes, "fuzzed");
                    assertTrue((long) image.width() * image.height() <= MAX_PIXELS, image.toString());
                } catch (ImageReadException e) {
                    assertFalse(e.getMessage().contains("\n"), e.getMessage());
                }
                return true;
            });
        }
    }

    private static Stream<byte[]> files(String ending) throws IOException {
        Stream.Builder<byte[]> seeds = Stream.builder();
        try (Stream<Path> all = Files.list(FILES)) {
            List<Path> files =
                    all.filter(f -> f.toString().endsWith(ending)).sorted().toList();
            for (Path file : files) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        return seeds.build();
    }
}
