package io.github.mdetr.nn;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.parity.TrainingParity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Reference cases for tests, and the backends to run them on. */
public final class GoldenCases {
    /** The cases among the test resources. */
    public static final List<String> TINY = List.of("tiny", "tiny-contrastive-isfinal", "tiny-dc5-learned");

    private GoldenCases() {}

    /** Names of the backends that can run here; the one in double precision is for what float32 cannot tell. */
    public static Stream<String> backends() {
        return Backends.available().stream().filter(name -> !name.equals(TrainingParity.EXACT_BACKEND));
    }

    /** Runs {@code work} with a backend as the current device and checks that no tensor memory is left behind. */
    public static void on(String backend, Check work) {
        Backend b = Backends.get(backend);
        long before = b.memory().live();
        Context.with(b, () -> {
            try {
                work.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        });
        long after = b.memory().live();
        if (after != before) {
            throw new AssertionError(backend + ": " + (after - before) + " bytes of tensors were not closed");
        }
    }

    /** A test's body. */
    @FunctionalInterface
    public interface Check {
        /** Checks. */
        void run() throws IOException;
    }

    /** A golden case among the test resources. */
    public static ParityCase tiny(String name) throws IOException {
        return ParityCase.read(resource("/golden"), name);
    }

    /** A folder of the test resources. */
    public static Path resource(String name) {
        URL url = Objects.requireNonNull(GoldenCases.class.getResource(name), name);
        return Path.of(URI.create(url.toString()));
    }

    /** The folder of all cases: {@code -Dmdetr.golden}, else {@code shared/golden} in a folder above. */
    public static Optional<Path> shared() {
        String told = System.getProperty("mdetr.golden");
        if (told != null) {
            return Optional.of(Path.of(told));
        }
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            Path folder = p.resolve("shared").resolve("golden");
            if (Files.isDirectory(folder)) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }
}
