package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.examples.synthetic.BundledModel;
import io.github.mdetr.nn.image.ImageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo} and {@code evaluate-world}, with an untrained model. */
class DemoCommandTest {
    @TempDir
    Path folder;

    private Path weights() throws IOException {
        return TinyModel.writeWithIsFinal(folder, "tiny.safetensors");
    }

    private Run demo(Path out, long seed, Path weights) {
        return Run.mdetr(
                "demo",
                "--seed",
                seed,
                "--scenes",
                2,
                "--out",
                out,
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY);
    }

    @Test
    void aSeedGivesItsPicturesAndReport() throws IOException {
        Path weights = weights();
        Run run = demo(folder.resolve("a"), 5, weights);
        assertEquals(0, run.code(), run.err());
        assertEquals("", run.err());
        assertTrue(run.outLines().get(0).startsWith("2 new scenes of seed 5 (--seed 5 shows them again): "), run.out());
        assertTrue(run.out().contains("precision"), run.out());
        assertTrue(run.outLines().stream().anyMatch(l -> l.startsWith("packed ")), run.out());
        List<Path> pictures = files(folder.resolve("a"), ".png");
        assertTrue(run.out().contains(": " + pictures.size() + " pictures"), run.out());
        assertTrue(pictures.size() >= 4, run.out());
        for (Path p : pictures) {
            assertTrue(ImageReader.of(ImageReader.Mode.SHOWN).read(p).width() >= 160, p.toString());
        }
        assertEquals(0, demo(folder.resolve("b"), 5, weights).code());
        assertEquals(0, demo(folder.resolve("c"), 6, weights).code());
        String report = Files.readString(folder.resolve("a/report.html"));
        assertEquals(report, Files.readString(folder.resolve("b/report.html")));
        assertNotEquals(report, Files.readString(folder.resolve("c/report.html")));
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(p -> p.toString().endsWith(end)).sorted().toList();
        }
    }

    @Test
    void nothingIsReplacedAndBadInputIsSaid() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine.txt"), "mine");
        assertTrue(demo(full, 1, weights()).refusal().contains("full: is not empty"));
        assertTrue(demo(full.resolve("mine.txt"), 1, weights()).refusal().contains("is a file"));
        Path out = folder.resolve("out");
        assertTrue(demo(out, 1, folder.resolve("gone")).refusal().contains("gone"));
        assertTrue(demo(out, 1, folder).refusal().contains("a directory without an index"));
        assertTrue(Run.mdetr("demo", "--vocab", folder).refusal().contains("belongs to --weights"));
        for (int scenes : new int[] {0, -1, 501}) {
            assertTrue(
                    Run.mdetr("demo", "--scenes", scenes).refusal().contains("--scenes: expected a number from 1 to"));
        }
        assertTrue(Files.notExists(out));
        assertEquals("mine", Files.readString(full.resolve("mine.txt")));
    }

    @Test
    void withoutOptionsTheModelOfTheJarIsUsed() {
        Path out = folder.resolve("own");
        Run run = Run.mdetr("demo", "--out", out, "--scenes", 3);
        if (!BundledModel.isPresent()) {
            assertTrue(run.refusal().startsWith("mdetr demo: this build has no trained model: "), run.err());
            assertTrue(Files.notExists(out));
        }
        assumeTrue(BundledModel.isPresent(), "models/world-small holds no model yet: what it finds is not tested");
        assertEquals(0, run.code(), run.err());
        assertTrue(Files.exists(out.resolve("report.html")));
    }

    @Test
    void evaluationPrintsATableForACard() throws IOException {
        Run run = Run.mdetr(
                "evaluate-world", weights(), "--vocab", TinyModel.VOCABULARY, "--expressions", 10, "--seed", 3);
        assertEquals(0, run.code(), run.err());
        List<String> lines = run.outLines();
        assertTrue(
                lines.get(0).matches("Weights: tiny\\.safetensors, [\\d,]+ bytes, SHA-256 [0-9a-f]{64}\\."), run.out());
        assertEquals("Expressions: 10 about scenes of seed 3, one a scene.", lines.get(1));
        assertEquals(14, lines.size(), run.out());
        assertTrue(lines.get(5).startsWith("| attributes | 2 | "), run.out());
        assertTrue(lines.get(11).startsWith("| all | 10 | "), run.out());
        assertTrue(
                lines.get(13).startsWith("Of 2 scenes: asked for attributes that no object has together"), run.out());
        assertTrue(Run.mdetr("evaluate-world", weights(), "--expressions", 0)
                .refusal()
                .contains("--expressions: expected a number from 1"));
        assertTrue(Run.mdetr("evaluate-world", folder).refusal().contains("a directory without an index"));
    }
}
