package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BenchInferCommandTest {
    @Test
    void printsThePeersKeysFirst() throws IOException {
        Run run = Run.mdetr(
                "bench",
                "infer",
                "--backbone",
                "resnet18",
                "--height",
                64,
                "--width",
                96,
                "--tokens",
                5,
                "--runs",
                2,
                "--sizes");
        assertEquals(0, run.code(), run.err());
        assertEquals(1, run.outLines().size());
        JsonNode json = new ObjectMapper().readTree(run.out());
        List<String> keys = new ArrayList<>();
        json.fieldNames().forEachRemaining(keys::add);
        List<String> peers = List.of(
                "peer",
                "mode",
                "runtime",
                "backbone",
                "bf16",
                "height",
                "width",
                "batch",
                "tokens",
                "runs",
                "threads",
                "median_ms",
                "min_ms",
                "max_ms",
                "peak_rss_mib");
        assertEquals(peers, keys.subList(0, peers.size()));
        assertEquals(
                List.of("weights_mib", "peak_tensors_mib", "unseen_ms", "seen_ms"),
                keys.subList(peers.size(), keys.size()));
        assertEquals("resnet18", json.get("backbone").asText());
        assertEquals(96, json.get("width").asInt());
        double median = json.get("median_ms").asDouble();
        assertTrue(0 < json.get("min_ms").asDouble() && json.get("min_ms").asDouble() <= median, run.out());
        assertTrue(median <= json.get("max_ms").asDouble(), run.out());
    }

    @Test
    void badInputIsOneLine() {
        assertTrue(Run.mdetr("bench", "infer", "--backbone", "vgg").refusal().contains("resnet101"));
        assertTrue(Run.mdetr("bench", "infer", "--runs", 0).refusal().contains("--runs"));
        assertTrue(Run.mdetr("bench", "infer", "--tokens", 1000).refusal().contains("--tokens"));
        assertTrue(Run.mdetr("bench", "infer", "--height", -1).refusal().contains("--height"));
        assertTrue(Run.mdetr("bench", "infer", "--height", 100_000, "--width", 100_000)
                .refusal()
                .contains("at most 715827882 pixels"));
        assertTrue(Run.mdetr("bench", "infer", "--batch", Integer.MAX_VALUE)
                .refusal()
                .contains("at most 715827882 pixels"));
        assertTrue(Run.mdetr("bench", "infer", "--runs", Integer.MAX_VALUE)
                .refusal()
                .contains("--runs: expected at most 1000000"));
    }

    @Test
    void mediansAndPeaks() {
        assertEquals(new Timings(2, 1, 9), Timings.of(9, 2, 1));
        assertEquals(new Timings(2.5, 1, 9), Timings.of(9, 2, 3, 1));
        assertEquals(OptionalLong.of(3), ResidentMemory.peakMebibytes("VmPeak:\t 9999 kB\nVmHWM:\t    3600 kB\n"));
        assertEquals(OptionalLong.empty(), ResidentMemory.peakMebibytes("nothing of it"));
        assertEquals("1023 bytes", Quantity.bytes(1023));
        assertEquals("1.5 KiB", Quantity.bytes(1536));
        assertEquals("1.0 GiB", Quantity.bytes((1L << 30) - 1));
    }
}
