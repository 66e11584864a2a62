package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pickles that make a file named {@code ran} when Python loads them, as the script that wrote them has seen: here none is
 * made, and the weights next to them are read.
 */
class GadgetTest {
    private static final Path GADGETS = TestFiles.resource("gadgets");

    /** What any Python would refuse as well, or takes from a program that made it: opcodes that torch.save never writes. */
    private static final Set<String> REFUSED = Set.of("extension", "inst", "obj", "newobj-ex");

    /** Those within a value that is read, or that are no more than a name. */
    private static final Set<String> LEFT_NAMED = Set.of("build-update", "ordered-dict");

    static Stream<String> gadgets() throws IOException {
        try (Stream<Path> files = Files.list(GADGETS)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".pth"))
                    .sorted()
                    .toList();
            return names.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("gadgets")
    void nothingRuns(String name) throws Exception {
        Path file = GADGETS.resolve(name);
        Path marker = Path.of("ran");
        assertFalse(Files.exists(marker), "left from before");
        int refused = Hostile.rejections(file, name);
        assertFalse(Files.exists(marker), name + " was run");
        boolean opcode = REFUSED.stream().anyMatch(name::startsWith);
        if (opcode) {
            assertEquals(1, refused, name);
        } else if (name.endsWith("-beside.pth")) {
            assertEquals(0, refused, name);
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertEquals(3, checkpoint.model().names().size());
                assertEquals(
                        LEFT_NAMED.stream().anyMatch(name::startsWith) ? 0 : 1,
                        checkpoint.passedOver().stream()
                                .filter(p -> p.first().equals("before"))
                                .count(),
                        () -> name + ": " + checkpoint.passedOver());
            }
        }
    }

    @Test
    void theyDoRunInPython() throws Exception {
        List<String> proved = Arrays.asList(
                new ObjectMapper().readValue(GADGETS.resolve("proved.json").toFile(), String[].class));
        assertTrue(proved.size() >= 30, () -> "few were seen to run: " + proved);
        assertTrue(
                proved.containsAll(List.of("os-system", "builtins-eval", "subprocess-popen", "marshal", "torch-load")));
    }
}
