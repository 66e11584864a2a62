package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service's answers, refusals and limits, asked over HTTP. */
@Timeout(60)
class DetectServerTest {
    private static final ServerLimits LIMITS = ServerLimits.defaults()
            .withMaxBytes(200_000)
            .withMaxPixels(100_000)
            .withMaxPhrases(3)
            .withMaxWaiting(1)
            .withTimeout(Duration.ofSeconds(30))
            .withGrace(Duration.ofSeconds(20));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();

    private static DetectServer start(ServerLimits limits, Detector detector) throws IOException {
        return DetectServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits, detector);
    }

    private static URI at(DetectServer server, String path) {
        return URI.create("http://localhost:" + server.address().getPort() + path);
    }

    private static HttpRequest post(DetectServer server, String body) {
        return HttpRequest.newBuilder(at(server, "/detect"))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private static String body(String rest) throws IOException {
        return "{\"image\": \"" + Base64.getEncoder().encodeToString(Picture.png(200, 100)) + "\", " + rest + "}";
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString());
    }

    private static void assertRefused(int status, String reason, HttpResponse<String> got) throws IOException {
        assertEquals(status, got.statusCode(), got.body());
        String error = MAPPER.readTree(got.body()).get("error").asText();
        assertTrue(error.contains(reason), error);
        assertEquals(1, error.lines().count());
        assertFalse(got.body().contains("\tat "), got.body());
    }

    @Test
    void aCaptionHasOneResultAndEachPhraseItsOwn() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers())) {
            HttpResponse<String> one = send(post(server, body("\"caption\": \"a red square, a blue square\"")));
            assertEquals(200, one.statusCode(), one.body());
            assertEquals(
                    "application/json; charset=utf-8",
                    one.headers().firstValue("content-type").orElse(""));
            JsonNode results = MAPPER.readTree(one.body()).get("results");
            assertEquals(1, results.size());
            assertEquals(200, results.get(0).get("size").get("width").asInt());
            assertEquals(2, results.get(0).get("detections").size());
            JsonNode phrase =
                    results.get(0).get("detections").get(1).get("phrases").get(0);
            assertEquals("blue square", phrase.get("text").asText());
            assertEquals(16, phrase.get("begin").asInt());
            JsonNode each = MAPPER.readTree(send(post(server, body("\"phrases\": [\"a red square\", \"zebra\"]")))
                            .body())
                    .get("results");
            assertEquals(2, each.size());
            assertEquals("zebra", each.get(1).get("caption").asText());
            assertEquals(0, each.get(1).get("detections").size());
        }
    }

    @Test
    void optionsReachTheDetector() throws Exception {
        List<DetectCall> calls = new ArrayList<>();
        Detector detector = call -> {
            calls.add(call);
            return new Answers().detect(call);
        };
        try (DetectServer server = start(LIMITS, detector)) {
            String rest = "\"caption\": \"x\", \"threshold\": 0.25, \"topK\": 7, \"phraseThreshold\": 0.5";
            assertEquals(200, send(post(server, body(rest))).statusCode());
        }
        assertEquals(0.25f, calls.get(0).options().threshold());
        assertEquals(7, calls.get(0).options().topK());
        assertEquals(0.5f, calls.get(0).options().phraseThreshold());
        assertEquals(0xc83c32, calls.get(0).image().pixel(25, 30));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 | `` | not a JSON object",
                "400 | [] | not a JSON object",
                "400 | {\"image\": \"AAAA | not the JSON that is expected",
                "400 | {\"caption\": \"x\"} | no 'image'",
                "400 | {\"image\": \"!\", \"caption\": \"x\"} | expected base64",
                "400 | {\"image\": 7, \"caption\": \"x\"} | 'image': expected a text in base64, got 7",
                "422 | {\"image\": \"AAAA\", \"caption\": \"x\"} | not an image in a known format",
                "400 | {\"image\": \"AAAA\"} | either 'caption' or 'phrases', got neither",
                "400 | {\"image\": \"AAAA\", \"caption\": \"x\", \"phrases\": [\"y\"]} | got both",
                "400 | {\"image\": \"AAAA\", \"caption\": \"  \"} | 'caption': expected a text that names something",
                "400 | {\"image\": \"AAAA\", \"threshold\": NaN} | Non-standard token 'NaN'",
                "400 | {\"image\": \"AAAA\", \"phrases\": [\"\"]} | 'phrases': expected a text that names something",
                "400 | {\"image\": \"AAAA\", \"phrases\": [\"a\",\"b\",\"c\",\"d\"]} | expected at most 3",
                "400 | {\"image\": \"AAAA\", \"phrases\": {}} | 'phrases': expected an array of texts",
                "400 | {\"caption\": null} | 'caption': expected a text, got null",
                "400 | {\"threshold\": 2} | threshold: expected a value in [0, 1], got 2.0",
                "400 | {\"threshold\": \"low\"} | 'threshold': expected a number, got low",
                "400 | {\"topK\": 99999999999} | not the JSON that is expected",
                "400 | {\"topK\": 0.5} | 'topK': expected an integer",
                "400 | {\"mask\": 1} | unknown field 'mask'",
                "400 | {} {} | something follows",
            })
    void whatCannotBeReadIsRefusedWithItsReason(int status, String body, String reason) throws Exception {
        try (DetectServer server = start(LIMITS, new Answers())) {
            assertRefused(status, reason, send(post(server, body)));
        }
    }

    @Test
    void deepJsonIsRefused() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers())) {
            assertRefused(400, "expected a text, got [", send(post(server, "{\"phrases\": " + "[".repeat(90_000))));
        }
    }

    @Test
    void methodsPathsAndTypesAreChecked() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers())) {
            HttpResponse<String> get =
                    send(HttpRequest.newBuilder(at(server, "/detect")).build());
            assertRefused(405, "expected POST, got GET", get);
            assertEquals("POST", get.headers().firstValue("Allow").orElse(""));
            assertRefused(
                    404,
                    "expected /, /detect or /health",
                    send(HttpRequest.newBuilder(at(server, "/etc/passwd")).build()));
            assertRefused(
                    415,
                    "expected Content-Type application/json",
                    send(HttpRequest.newBuilder(at(server, "/detect"))
                            .header("Content-Type", "text/plain")
                            .POST(BodyPublishers.ofString(body("\"caption\": \"x\"")))
                            .build()));
            HttpResponse<String> page =
                    send(HttpRequest.newBuilder(at(server, "/")).build());
            assertEquals(200, page.statusCode());
            assertTrue(page.headers()
                    .firstValue("Content-Security-Policy")
                    .orElse("")
                    .startsWith("default-src 'none'"));
        }
    }

    @Test
    void anotherSitesNameForThisAddressIsRefused() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers());
                Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        }
    }

    @Test
    void largeRequestsAndPicturesAreRefusedSaidOrNot() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers())) {
            byte[] large = new byte[200_001];
            assertRefused(
                    413,
                    "larger than 200000 bytes",
                    send(HttpRequest.newBuilder(at(server, "/detect"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofByteArray(large))
                            .build()));
            assertRefused(
                    413,
                    "larger than 200000 bytes",
                    send(HttpRequest.newBuilder(at(server, "/detect"))
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                            .build()));
            String pixels = "{\"caption\": \"x\", \"image\": \""
                    + Base64.getEncoder().encodeToString(Picture.png(400, 300)) + "\"}";
            assertRefused(422, "pixels", send(post(server, pixels)));
        }
    }

    @Test
    void whoAnnouncesFarTooMuchIsRefusedBeforeSendingIt() throws Exception {
        try (DetectServer server = start(LIMITS, new Answers());
                Socket socket = new Socket(
                        server.address().getAddress(), server.address().getPort())) {
            String head = "POST /detect HTTP/1.1\r\nHost: localhost:"
                    + server.address().getPort()
                    + "\r\nContent-Type: application/json\r\nContent-Length: 1000000000000000\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            byte[] first = socket.getInputStream().readNBytes(12); // the connection stays open for a while
            assertEquals("HTTP/1.1 413", new String(first, StandardCharsets.UTF_8));
        }
    }

    @Test
    void moreThanMayWaitAreToldToComeLater() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Detector slow = call -> {
            await(open);
            return new Answers().detect(call);
        };
        try (DetectServer server = start(LIMITS, slow)) {
            List<CompletableFuture<HttpResponse<String>>> inside = new ArrayList<>();
            for (int i = 0; i < 3; i++) { // two at work, one waits
                inside.add(
                        client.sendAsync(post(server, body("\"caption\": \"a red square\"")), BodyHandlers.ofString()));
            }
            HttpRequest health = HttpRequest.newBuilder(at(server, "/health")).build();
            while (MAPPER.readTree(send(health).body()).get("free").asInt() > 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            HttpResponse<String> refused = send(post(server, body("\"caption\": \"x\"")));
            assertRefused(503, "1 requests are waiting already", refused);
            assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
            open.countDown();
            for (CompletableFuture<HttpResponse<String>> r : inside) {
                assertEquals(200, r.get().statusCode());
            }
            assertEquals(200, send(post(server, body("\"caption\": \"x\""))).statusCode());
        }
    }

    @Test
    void aResultThatTakesTooLongIsGivenUp() throws Exception {
        ServerLimits hurried = LIMITS.withTimeout(Duration.ofSeconds(1));
        CountDownLatch open = new CountDownLatch(1);
        Detector slow = call -> {
            await(open);
            return List.of();
        };
        try (DetectServer server = start(hurried, slow)) {
            assertRefused(503, "no result in 1 s", send(post(server, body("\"caption\": \"x\""))));
            open.countDown();
        }
    }

    @Test
    void failuresAreToldWithoutTheirTraceAndTheServiceGoesOn() throws Exception {
        Detector failing = call -> {
            if (String.valueOf(call.caption()).contains("long")) {
                throw new IllegalArgumentException(
                        "caption 0: 600 tokens, the text encoder takes at most 512; shorten it");
            }
            throw new IllegalStateException("a secret of the inside");
        };
        try (DetectServer server = start(LIMITS, failing)) {
            assertRefused(400, "600 tokens", send(post(server, body("\"caption\": \"long\""))));
            HttpResponse<String> failed = send(post(server, body("\"caption\": \"x\"")));
            assertRefused(500, "its log says why", failed);
            assertFalse(failed.body().contains("secret"));
            assertEquals(
                    200,
                    send(HttpRequest.newBuilder(at(server, "/health")).build()).statusCode());
        }
    }

    @Test
    void closingAnswersWhatIsAtWorkFirst() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Detector slow = call -> {
            begun.countDown();
            await(open);
            return new Answers().detect(call);
        };
        DetectServer server = start(LIMITS, slow);
        CompletableFuture<HttpResponse<String>> last =
                client.sendAsync(post(server, body("\"caption\": \"a red square\"")), BodyHandlers.ofString());
        begun.await();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        HttpRequest health = HttpRequest.newBuilder(at(server, "/health")).build();
        while (!send(health).body().contains("stopping")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertRefused(503, "stopping", send(post(server, body("\"caption\": \"x\""))));
        assertFalse(closed.isDone());
        open.countDown();
        assertEquals(200, last.get().statusCode());
        closed.get();
        assertThrows(ConnectException.class, () -> send(health));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
