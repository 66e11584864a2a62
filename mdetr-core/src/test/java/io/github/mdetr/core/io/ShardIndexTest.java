package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An index that lies about its files, or lacks some. */
class ShardIndexTest {
    private static final String FIRST = "model-00001-of-00002.safetensors";

    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws Exception {
        try (Stream<Path> files = Files.list(TestFiles.resource("forms/shards-safetensors"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    private Path index(String json) throws Exception {
        return Files.writeString(folder.resolve(ShardIndex.SAFETENSORS), json);
    }

    private static String map(String tensor, String file) {
        return "{\"weight_map\": {\"" + tensor + "\": \"" + file + "\"}}";
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(folder.resolve(FIRST));
        assertRejected(
                folder.resolve(ShardIndex.SAFETENSORS),
                "the 2 files that it names",
                "no '" + FIRST + "'",
                "download all");
    }

    /** All errors about its weights begin so: weights that are missing are in the other files. */
    @Test
    void oneOfSeveralFilesGivenAloneIsDescribedAsSuch() throws Exception {
        Path shard = folder.resolve(FIRST);
        try (Checkpoint checkpoint = Checkpoint.open(shard)) {
            assertEquals(
                    shard
                            + " (file 1 of 2 of a checkpoint; give its index, such as model.safetensors.index.json, or the"
                            + " folder)",
                    checkpoint.model().description());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"model.safetensors", "model-1-of-1.safetensors", "a-1-of-2", "pytorch_model.bin.index.json"})
    void aWholeFileIsDescribedByItsPath(String name) {
        assertEquals("", ShardIndex.hint(Path.of(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.safetensors", "/etc/passwd", "a/b", "a\\\\b", "..", ".", "", "C:x", "a\\u0000b"})
    void filesElsewhereAreNotOpened(String name) throws Exception {
        assertRejected(index(map("w", name)), "tensor 'w'", "a file in the index's own folder");
    }

    @Test
    void aTensorThatIsNotWhereTheIndexSays() throws Exception {
        assertRejected(index(map("w", FIRST)), "index, tensor 'w'", "it in '" + FIRST + "'", "no such tensor there");
    }

    @Test
    void anIndexOfItself() throws Exception {
        assertRejected(index(map("w", ShardIndex.SAFETENSORS)), "expected safetensors", "a JSON document");
    }

    @Test
    void damagedJson() throws Exception {
        assertRejected(index("{\"weight_map\": {}, "), "index", "well-formed JSON");
        assertRejected(index("{\"weight_map\": {\"w\": 1}}"), "the name of a file", "'1'");
        assertRejected(index("{\"weight_map\": {}}"), "the 0 files that it names", "none");
        assertRejected(index("{\"weight_map\": {}, \"weight_map\": {}}"), "one weight_map", "twice");
        assertRejected(index("{\"other\": {}}"), "a JSON document");
    }

    @Test
    void whatTheIndexDoesNotNameIsPassedOver() throws Exception {
        Path index = index(map("query_embed.weight", FIRST));
        try (Checkpoint checkpoint = Checkpoint.open(index)) {
            assertEquals(1, checkpoint.model().names().size());
        }
    }

    @Test
    void aFolderOfTwoIndices() throws Exception {
        Files.move(folder.resolve(ShardIndex.SAFETENSORS), folder.resolve("a.index.json"));
        Files.copy(folder.resolve("a.index.json"), folder.resolve("b.index.json"));
        assertRejected(folder, "a folder with one index", "a.index.json", "b.index.json");
    }
}
