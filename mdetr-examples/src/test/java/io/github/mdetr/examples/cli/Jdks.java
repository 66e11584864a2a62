package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java that runs the tests, and newer ones that are installed next to it. */
final class Jdks {
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    private Jdks() {}

    static Path current() {
        return Path.of(System.getProperty("java.home"));
    }

    /** A JDK of this major version or a newer one; skips the test where none is found. */
    static Path atLeast(int major) throws IOException {
        List<Path> found;
        try (Stream<Path> all = Files.list(current().toRealPath().getParent())) {
            found = all.filter(home -> major(home) >= major).sorted().toList();
        }
        assumeTrue(!found.isEmpty(), "no JDK " + major + " or newer next to " + current());
        return found.get(found.size() - 1);
    }

    private static int major(Path home) {
        try {
            Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
            return version.find() && Files.isExecutable(home.resolve("bin/java"))
                    ? Integer.parseInt(version.group(1))
                    : 0;
        } catch (IOException e) { // no JDK
            return 0;
        }
    }
}
