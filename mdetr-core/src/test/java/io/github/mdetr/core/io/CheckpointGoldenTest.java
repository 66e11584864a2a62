package io.github.mdetr.core.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two files of the published layout by torch.save against the same state dicts stored by safetensors, to the bit. */
class CheckpointGoldenTest {

    @ParameterizedTest
    @CsvSource({"zip.pth, TORCH_ZIP", "legacy.pth, TORCH_LEGACY"})
    void tensorsEqualThoseOfSafetensors(String file, Checkpoint.Format format) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("golden/" + file))) {
            assertEquals(format, checkpoint.format());
            assertEquals(Set.of("model", "model_ema", "optimizer"), checkpoint.sections());
            for (String section : List.of("model", "model_ema")) {
                try (TensorSource expected =
                        SafeTensors.open(TestFiles.resource("golden/expected-" + section + ".safetensors"))) {
                    TensorSource got = checkpoint.section(section);
                    assertEquals(15, expected.names().size());
                    assertEquals(expected.names(), got.names());
                    for (TensorInfo info : expected.tensors().values()) {
                        assertEquals(info, got.info(info.name()));
                        assertArrayEquals(
                                TestFiles.bytes(expected, info.name()),
                                TestFiles.bytes(got, info.name()),
                                info.toString());
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"zip.pth", "legacy.pth"})
    void argumentsAndOtherEntriesAreReachable(String file) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("golden/" + file))) {
            Map<String, Object> args = checkpoint.args();
            assertEquals(
                    List.of("lr", "backbone", "masks", "combine_datasets", "num_queries", "frozen_weights"),
                    List.copyOf(args.keySet()));
            assertEquals(1e-4, args.get("lr"));
            assertEquals("resnet101", args.get("backbone"));
            assertEquals(List.of("flickr", "mixed"), args.get("combine_datasets"));
            assertEquals(100L, args.get("num_queries"));
            assertEquals(7L, checkpoint.entries().get("epoch"));
            TensorSource optimizer = checkpoint.section("optimizer");
            assertEquals(Set.of("state.0.step", "state.0.exp_avg", "state.0.exp_avg_sq"), optimizer.names());
        }
    }
}
