package io.github.mdetr.core.io;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checkpoints of any bytes, led by coverage. In a usual build the seeds and the earlier finds are read; with the profile
 * {@code fuzz} one method searches for new ones.
 */
class CheckpointFuzzTest {
    @TempDir
    static Path folder;

    @MethodSource
    @FuzzTest
    void safeTensors(byte[] bytes) throws Exception {
        read("fuzzed.safetensors", bytes);
    }

    static Stream<byte[]> safeTensors() throws IOException {
        return resources("golden/expected-model.safetensors", "fixtures/types.safetensors");
    }

    @MethodSource
    @FuzzTest
    void zip(byte[] bytes) throws Exception {
        read("fuzzed.pth", bytes);
    }

    static Stream<byte[]> zip() throws IOException {
        return resources("golden/zip.pth", "fixtures/values-zip-p2.pth", "fixtures/bare.pth");
    }

    /** Files of before torch 1.6: five pickles one after the other, then the storages. */
    @MethodSource
    @FuzzTest
    void legacy(byte[] bytes) throws Exception {
        read("fuzzed.bin", bytes);
    }

    static Stream<byte[]> legacy() throws IOException {
        return resources("golden/legacy.pth", "fixtures/values-legacy-p5.pth");
    }

    /** The pickle of a zip whose other entries are sound. */
    @MethodSource
    @FuzzTest
    void pickle(byte[] bytes) throws Exception {
        Path file = folder.resolve("pickle.pth");
        ZipBytes zip = ZipBytes.checkpoint(bytes);
        for (int i = 0; i < 4; i++) {
            zip.add("archive/data/" + i, new byte[24]);
        }
        zip.write(file);
        Hostile.rejections(file, "fuzzed pickle");
    }

    static Stream<byte[]> pickle() {
        return Stream.of(
                new PickleBytes()
                        .protocol()
                        .op('}')
                        .text("model")
                        .op('}')
                        .text("a.weight")
                        .tensor("0", 6, 0, new long[] {2, 3}, new long[] {3, 1})
                        .op("ss.")
                        .bytes(),
                new PickleBytes()
                        .protocol()
                        .global("collections", "OrderedDict")
                        .op(')', 'R', 'q', 1)
                        .text("b")
                        .tensor("1", 6, 0, new long[] {6}, new long[] {1})
                        .op("s.")
                        .bytes(),
                new PickleBytes()
                        .protocol()
                        .op('}')
                        .text("args")
                        .global("argparse", "Namespace")
                        .op(')', 0x81, '}')
                        .text("hidden_dim")
                        .integer(256)
                        .op("sbs.")
                        .bytes());
    }

    private static void read(String name, byte[] bytes) throws Exception {
        Path file = Files.write(folder.resolve(name), bytes);
        Hostile.rejections(file, name);
    }

    private static Stream<byte[]> resources(String... names) throws IOException {
        Stream.Builder<byte[]> seeds = Stream.builder();
        for (String name : names) {
            seeds.add(Files.readAllBytes(TestFiles.resource(name)));
        }
        return seeds.build();
    }
}
