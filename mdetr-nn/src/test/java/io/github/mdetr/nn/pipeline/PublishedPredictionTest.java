package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Photographs, captions and a full-size checkpoint in the published format: every box, score and phrase equals what the
 * PyTorch script in {@code fixtures/predict} says. The checkpoint is not committed; {@code -Dmdetr.checkpoint=FILE},
 * {@code -Dmdetr.images=DIR} and {@code -Dmdetr.roberta=DIR} say where things are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublishedPredictionTest {
    private static final DetectOptions EVERYTHING = DetectOptions.defaults().withThreshold(0);

    private Mdetr mdetr;

    @BeforeAll
    void load() throws IOException {
        assumeTrue(System.getProperty("mdetr.checkpoint") != null, "no -Dmdetr.checkpoint=FILE");
        assumeTrue(System.getProperty("mdetr.images") != null, "no -Dmdetr.images=DIR");
        assumeTrue(System.getProperty("mdetr.roberta") != null, "no -Dmdetr.roberta=DIR");
        mdetr = Mdetr.load(
                Path.of(System.getProperty("mdetr.checkpoint")),
                LoadOptions.builder()
                        .vocabulary(Path.of(System.getProperty("mdetr.roberta")))
                        .build());
    }

    @AfterAll
    void close() {
        if (mdetr != null) {
            mdetr.close();
        }
    }

    @TestFactory
    List<DynamicTest> equalsPyTorch() throws IOException {
        Path file = Path.of("../fixtures/predict/predictions.json");
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode run :
                new ObjectMapper().readTree(Files.readAllBytes(file)).get("runs")) {
            tests.add(DynamicTest.dynamicTest(run.get("name").asText(), () -> check(run)));
        }
        return tests;
    }

    private void check(JsonNode run) throws IOException {
        List<DetectRequest> requests = new ArrayList<>();
        for (JsonNode image : run.get("images")) {
            RgbImage pixels = ImageReader.of(ImageReader.Mode.STORED)
                    .read(Path.of(
                            System.getProperty("mdetr.images"),
                            image.get("image").asText()));
            List<Span> spans = new ArrayList<>();
            for (JsonNode s : image.path("spans")) {
                spans.add(new Span(s.get("begin").asInt(), s.get("end").asInt()));
            }
            requests.add(DetectRequest.of(pixels, image.get("caption").asText()).withSpans(spans));
        }
        List<DetectResult> results = mdetr.detect(requests, EVERYTHING);
        for (int i = 0; i < results.size(); i++) {
            compare(run.get("images").get(i), results.get(i));
        }
    }

    private static void compare(JsonNode expected, DetectResult result) {
        JsonNode noise = expected.get("noise");
        JsonNode size = expected.get("original");
        List<Detection> found = result.detections().stream()
                .sorted(Comparator.comparingInt(Detection::query))
                .toList();
        assertEquals(expected.get("detections").size(), found.size());
        for (int q = 0; q < found.size(); q++) {
            JsonNode e = expected.get("detections").get(q);
            Detection d = found.get(q);
            String at = expected.get("image").asText() + " query " + q;
            near(at + " score", e.get("score"), d.score(), noise.get("score"), 1);
            near(at + " no object", e.get("noObject"), d.noObject(), noise.get("noObject"), 1);
            PixelBox b = d.box();
            int width = size.get("width").asInt();
            int height = size.get("height").asInt();
            near(at + " x0", e.get("box").get(0), b.x0(), noise.get("box"), width);
            near(at + " y0", e.get("box").get(1), b.y0(), noise.get("box"), height);
            near(at + " x1", e.get("box").get(2), b.x1(), noise.get("box"), width);
            near(at + " y1", e.get("box").get(3), b.y1(), noise.get("box"), height);
            List<String> phrases = new ArrayList<>();
            for (JsonNode p : e.get("phrases")) {
                phrases.add(p.get("begin") + "-" + p.get("end") + " "
                        + p.get("text").asText());
            }
            assertEquals(
                    phrases,
                    d.phrases().stream()
                            .map(p -> p.begin() + "-" + p.end() + " " + p.text())
                            .toList(),
                    at);
            for (int k = 0; k < d.spans().size(); k++) {
                near(
                        at + " span " + k,
                        e.get("spanScores").get(k),
                        d.spans().get(k).score(),
                        noise.get("spanScore"),
                        1);
            }
        }
    }

    private static void near(String what, JsonNode expected, float got, JsonNode noise, int unit) {
        double allowed = (10 * noise.asDouble() + 1e-5) * unit;
        double difference = Math.abs(expected.asDouble() - got);
        assertTrue(
                difference <= allowed, () -> what + ": expected " + expected + ", got " + got + ", allowed " + allowed);
    }
}
