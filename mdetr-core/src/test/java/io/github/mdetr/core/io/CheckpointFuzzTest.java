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
        return resources(
                "golden/expected-model.safetensors",
                "fixtures/types.safetensors",
                "forms/twins.safetensors",
                "forms/prefix.safetensors");
    }

    @MethodSource
    @FuzzTest
    void zip(byte[] bytes) throws Exception {
        read("fuzzed.pth", bytes);
    }

    static Stream<byte[]> zip() throws IOException {
        return resources(
                "golden/zip.pth",
                "fixtures/values-zip-p2.pth",
                "fixtures/bare.pth",
                "forms/lightning.ckpt",
                "forms/whole.pth",
                "forms/tpu-columns.pth",
                "forms/beside-everything-p5.pth",
                "forms/refused-sparse.pth",
                "forms/zipped-stored.zip",
                "forms/zipped-macos.zip");
    }

    /** Files of before torch 1.6: five pickles one after the other, then the storages. */
    @MethodSource
    @FuzzTest
    void legacy(byte[] bytes) throws Exception {
        read("fuzzed.bin", bytes);
    }

    static Stream<byte[]> legacy() throws IOException {
        return resources(
                "golden/legacy.pth",
                "fixtures/values-legacy-p5.pth",
                "forms/beside-legacy.pth",
                "forms/whole-legacy.pth");
    }

    /** The index of two files that are sound. */
    @MethodSource
    @FuzzTest
    void index(byte[] bytes) throws Exception {
        Path shards = Files.createDirectories(folder.resolve("shards"));
        for (String name : new String[] {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}) {
            if (!Files.exists(shards.resolve(name))) {
                Files.copy(TestFiles.resource("forms/shards-safetensors/" + name), shards.resolve(name));
            }
        }
        Path file = Files.write(shards.resolve("model.safetensors.index.json"), bytes);
        Hostile.rejections(file, "fuzzed index");
    }

    static Stream<byte[]> index() throws IOException {
        return resources(
                "forms/shards-safetensors/model.safetensors.index.json",
                "forms/shards-bin/pytorch_model.bin.index.json");
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
                        .bytes(),
                new PickleBytes()
                        .protocol()
                        .op('}', '(')
                        .text("state_dict")
                        .op('}')
                        .text("module.w")
                        .tensor("0", 6, 0, new long[] {2, 3}, new long[] {1, 2})
                        .op('s')
                        .text("callbacks")
                        .global("training", "Log")
                        .op(')', 0x81, 'q', 5, '}')
                        .text("self")
                        .op('h', 5, "sb", '(')
                        .text("k")
                        .op('N', "uu.")
                        .bytes(),
                new PickleBytes()
                        .protocol()
                        .global("net", "Model")
                        .op(')', 0x81, '}', '(')
                        .text("_parameters")
                        .op('}')
                        .text("w")
                        .tensor("0", 6, 0, new long[] {6}, new long[] {1})
                        .op('s')
                        .text("_buffers")
                        .op('}')
                        .text("_modules")
                        .op("}ub.")
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
