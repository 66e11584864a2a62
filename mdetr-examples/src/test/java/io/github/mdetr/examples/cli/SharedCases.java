package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Inputs as people have them, which are not committed: {@code -Dmdetr.cases=DIR}, else a folder beside the checkout. */
final class SharedCases {
    private SharedCases() {}

    /** The folder; skips the test where there is none. */
    static Path folder() {
        String given = System.getProperty("mdetr.cases");
        if (given != null) {
            return Path.of(given);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve("cases");
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "no shared/cases above the working directory, and no -Dmdetr.cases=DIR");
        throw new AssertionError();
    }
}
