package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code bench train}. */
class BenchTrainCommandTest {
    @Test
    void printsThePeersKeys() throws IOException {
        Run run = Run.mdetr(
                "bench", "train", "--backbone", "resnet18", "--height", 64, "--width", 96, "--runs", 2, "--tokens", 8);
        assertEquals(0, run.code(), run.err());
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertEquals("train", json.get("mode").asText());
        assertEquals(96, json.get("width").asInt());
        double median = json.get("median_ms").asDouble();
        assertTrue(0 < json.get("min_ms").asDouble() && json.get("min_ms").asDouble() <= median, run.out());
        assertTrue(json.get("peak_tensors_mib").asLong() > 0, run.out());
    }

    @Test
    void badInputIsOneLine() {
        assertTrue(Run.mdetr("bench", "train", "--runs", 0).refusal().contains("--runs"));
        assertTrue(Run.mdetr("bench", "train", "--tokens", 1).refusal().contains("--tokens"));
    }
}
