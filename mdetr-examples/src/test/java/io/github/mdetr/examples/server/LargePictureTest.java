package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.cli.TinyModel;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.InputLimits;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small requests for much work, on a model that judges pictures at their own size. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class LargePictureTest {
    @TempDir
    static Path folder;

    private Mdetr mdetr;
    private Detector detector;

    @BeforeAll
    void load() throws IOException {
        Path weights = TinyModel.writeNarrow(folder, "narrow.safetensors");
        LoadOptions options = LoadOptions.builder()
                .vocabulary(TinyModel.VOCABULARY)
                .argument("eval_resize", "native")
                .limits(InputLimits.defaults().withMaxImageTokens(16_384))
                .build();
        mdetr = Mdetr.load(weights, options);
        detector = this::detect;
    }

    /** A large picture takes minutes on any machine: it is looked at again and again. */
    private List<DetectResult> detect(DetectCall call) {
        DetectRequest request = DetectRequest.of(call.image(), String.valueOf(call.caption()));
        int passes = call.image().width() > 1000 ? 1000 : 1;
        List<DetectResult> found = List.of();
        for (int i = 0; i < passes; i++) {
            found = mdetr.detect(List.of(request), call.options());
        }
        return found;
    }

    @AfterAll
    void close() {
        mdetr.close();
    }

    private static byte[] small() throws IOException {
        return Hostile.request(Hostile.json(Picture.png(64, 64), "a dog"));
    }

    /** Some 16,000 tokens. */
    private static byte[] large() {
        return Hostile.request(Hostile.json(Hostile.webp(2048, 2040), "a dog"));
    }

    private static void assertServes(DetectServer server) throws IOException {
        try (Wire wire = Wire.to(server).send(small())) {
            Wire.Answer answer = wire.answer();
            assertEquals(200, answer.status(), answer.body());
        }
    }

    @Test
    void aPictureOfTooManyTokensIsRefused() throws IOException {
        try (DetectServer server = Wire.serve(ServerLimits.defaults(), detector);
                Wire wire = Wire.to(server).send(Hostile.request(Hostile.json(Hostile.webp(4990, 4990), "a dog")))) {
            wire.answer()
                    .refused(422, "an image of 4990×4990 pixels would be 97344 image tokens, the limit is 16384")
                    .refused("is 16384; send a smaller picture");
            assertServes(server);
        }
    }

    @Test
    void theSharedRequestIsRefused() throws IOException {
        String body = Files.readString(Hostile.shared("native-25mp.json"));
        try (DetectServer server = Wire.serve(ServerLimits.defaults(), detector);
                Wire wire = Wire.to(server).send(Hostile.request(body))) {
            wire.answer().refused(422, "the limit is 16384");
        }
    }

    @Test
    void workIsStoppedWhenItsTimeIsOverAndMakesRoom() throws IOException {
        assertSmallIsQuick();
        try (DetectServer server = Wire.serve(ServerLimits.defaults().withTimeout(Duration.ofSeconds(3)), detector)) {
            List<Wire> wires = new ArrayList<>();
            for (int i = 0; i < 4; i++) { // two at work, two wait
                wires.add(Wire.to(server).send(large()));
            }
            for (Wire wire : wires) {
                wire.answer().refused(503, "no result in 3 s");
                wire.close();
            }
            long start = System.nanoTime();
            while (!served(server)) { // the operation that was at work ends first
                assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60));
            }
        }
    }

    private static boolean served(DetectServer server) throws IOException {
        try (Wire wire = Wire.to(server).send(small())) {
            return wire.answer().status() == 200;
        }
    }

    /** Lays out weights, so that a time-out is about the work alone. */
    private void assertSmallIsQuick() throws IOException {
        try (DetectServer server = Wire.serve(ServerLimits.defaults(), detector)) {
            assertServes(server);
        }
    }

    @Test
    void stoppingGivesUpWhatIsAtWork() throws IOException {
        DetectServer server = Wire.serve(ServerLimits.defaults().withGrace(Duration.ofSeconds(12)), detector);
        try (Wire first = Wire.to(server).send(large());
                Wire second = Wire.to(server).send(large());
                Wire third = Wire.to(server).send(large())) {
            while (true) {
                try (Wire health = Wire.to(server).send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    if (health.answer().body().contains("\"free\":7")) {
                        break;
                    }
                }
            }
            long start = System.nanoTime();
            server.close();
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20));
            for (Wire wire : List.of(first, second, third)) {
                wire.answer().refused(503, "the service is stopping");
            }
        }
    }
}
