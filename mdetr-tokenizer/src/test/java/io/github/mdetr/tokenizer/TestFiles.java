package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the tests' files are. */
final class TestFiles {
    private static final Path RESOURCES = Path.of("src/test/resources");
    static final Path TINY = RESOURCES.resolve("golden/vocab-tiny");
    static final Path TINY_GOLDEN = RESOURCES.resolve("golden/tokenizer-tiny.json");
    static final Path EDGE_CASES = Path.of("../fixtures/tokenizer/edge-cases.json");

    private TestFiles() {}

    static RobertaTokenizer tiny() {
        return RobertaTokenizer.load(TINY);
    }

    static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.get(i).asInt();
        }
        return ints;
    }

    static int[][] pairs(JsonNode array) {
        int[][] pairs = new int[array.size()][];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = ints(array.get(i));
        }
        return pairs;
    }

    /** The folder of golden numbers that are too large to be kept here; skips the test where it is absent. */
    static Path sharedGolden() {
        return shared("mdetr.golden", "golden");
    }

    /** The folder of RoBERTa-base's vocabulary; skips the test where it is absent. */
    static Path robertaBase() {
        return shared("mdetr.roberta", "data/roberta-base");
    }

    /** The folder of vocabularies as people have them; skips the test where it is absent. */
    static Path vocabularyCases() {
        return shared("mdetr.cases.vocabularies", "cases/vocabularies");
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
}
