package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;

/** The tests' files, made by the scripts in {@code fixtures/image}. */
final class ImageFixtures {
    static final Path RESOURCES = Path.of("src/test/resources/image");
    static final Path FILES = RESOURCES.resolve("files");

    private ImageFixtures() {}

    static List<JsonNode> rows(String file) throws IOException {
        JsonNode array = new ObjectMapper().readTree(RESOURCES.resolve(file).toFile());
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** The photographs that are not committed; skips the test where they are absent. */
    static Path sharedImages() {
        return shared("mdetr.images", "data/images");
    }

    /** Pictures as people have them, not committed; skips the test where they are absent. */
    static Path sharedCases() {
        return shared("mdetr.cases.images", "cases/images");
    }

    /** The golden folder; skips the test where it is absent. */
    static Path sharedGolden() {
        return shared("mdetr.golden", "golden");
    }

    private static Path shared(String property, String folder) {
        String given = System.getProperty(property);
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(folder);
            if (Files.isDirectory(at.resolve("shared/golden")) && Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "no shared/" + folder + " above the working directory, and no -D" + property + "=DIR");
        throw new AssertionError();
    }

    static ImageSize size(JsonNode pair) {
        return new ImageSize(pair.get(0).asInt(), pair.get(1).asInt());
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The noise of {@code make_resize.py}: byte i is the highest of splitmix64's i-th number from a seed. */
    static RgbImage noise(ImageSize size, long seed) {
        byte[] bytes = new byte[(int) size.pixels() * 3];
        long state = seed;
        for (int i = 0; i < bytes.length; i++) {
            state += 0x9E3779B97F4A7C15L;
            long x = state;
            x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
            x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
            x ^= x >>> 31;
            bytes[i] = (byte) (x >>> 56);
        }
        return new RgbImage(size.width(), size.height(), bytes);
    }
}
