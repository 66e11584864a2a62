package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that are slow, silent or many keep nobody out. */
@Timeout(60)
class SlowClientTest {
    private static final ServerLimits LIMITS = ServerLimits.defaults();
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static void assertServes(DetectServer server) throws IOException {
        byte[] request = Hostile.request(Hostile.json(Picture.png(64, 64), "a red square"));
        try (Wire wire = Wire.to(server).send(request)) {
            assertEquals(200, wire.answer().status());
        }
    }

    private static List<Wire> many(DetectServer server, int count, String sent) throws IOException {
        List<Wire> wires = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            wires.add(Wire.to(server).send(sent));
        }
        return wires;
    }

    private static void close(List<Wire> wires) throws IOException {
        for (Wire wire : wires) {
            wire.close();
        }
    }

    @Test
    void slowHeadsLockNobodyOut() throws IOException {
        try (DetectServer server = Wire.serve(LIMITS, new Answers())) {
            List<Wire> slow = many(server, 200, "G");
            assertServes(server);
            close(slow);
        }
    }

    @Test
    void slowBodiesLockNobodyOut() throws IOException {
        try (DetectServer server = Wire.serve(LIMITS, new Answers())) {
            List<Wire> slow = many(server, 200, Hostile.post("Content-Length: 1000\r\n\r\n{\"image\": \""));
            assertServes(server);
            close(slow);
        }
    }

    @Test
    void moreConnectionsThanThereMayBeEndTheOldestIncomplete() throws Exception {
        try (DetectServer server = Wire.serve(LIMITS.withConnections(20, 64 << 20), new Answers())) {
            List<Wire> slow = many(server, 1, "GET / HTTP/1.1\r\n");
            TimeUnit.MILLISECONDS.sleep(300); // it is the oldest for sure
            slow.addAll(many(server, 9, "GET / HTTP/1.1\r\n"));
            slow.addAll(many(server, 10, Hostile.post("Content-Length: 1000\r\n\r\n{")));
            try (Wire newcomer = Wire.to(server).send(HEALTH)) {
                assertEquals(200, newcomer.answer().status());
            }
            slow.get(0).answer().refused(503, "too many connections");
            assertServes(server);
            close(slow);
        }
    }

    @Test
    void aHeadThatIsLateIsAnsweredAndEnds() throws IOException {
        try (DetectServer server = Wire.serve(LIMITS.withHeaderTimeout(Duration.ofMillis(500)), new Answers());
                Wire late = Wire.to(server).send("GET / HTTP/1.1\r\nHost: local");
                Wire silent = Wire.to(server)) {
            late.answer().refused(408, "no complete head of a request");
            assertTrue(late.ended());
            assertEquals(0, silent.answer().status(), "who said nothing hears nothing");
        }
    }

    @Test
    void aHeadThatTricklesIsLateToo() throws Exception {
        try (DetectServer server = Wire.serve(LIMITS.withHeaderTimeout(Duration.ofMillis(500)), new Answers());
                Wire wire = Wire.to(server).send("GET / HTTP/1.1\r\nX: ")) {
            for (int i = 0; i < 12; i++) { // never silent for as long as that
                TimeUnit.MILLISECONDS.sleep(100);
                try {
                    wire.send("a");
                } catch (IOException e) {
                    break; // it has ended already
                }
            }
            wire.answer().refused(408, "no complete head of a request");
        }
    }

    @Test
    void aBodyThatTricklesIsLate() throws Exception {
        try (DetectServer server = Wire.serve(LIMITS.withTimeout(Duration.ofSeconds(1)), new Answers());
                Wire wire = Wire.to(server).send(Hostile.post("Content-Length: 1000\r\n\r\n{"))) {
            for (int i = 0; i < 8; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                wire.send(" ");
            }
            wire.answer().refused(408, "the request was not complete in 1 s");
        }
    }

    @Test
    void bytesOfSlowRequestsAreBounded() throws Exception {
        ServerLimits limits = LIMITS.withMaxBytes(100_000).withConnections(100, 300_000);
        try (DetectServer server = Wire.serve(limits, new Answers())) {
            String much = Hostile.post("Content-Length: 95000\r\n\r\n{\"image\": \"" + "A".repeat(90_000));
            List<Wire> slow = many(server, 1, much);
            TimeUnit.MILLISECONDS.sleep(500);
            slow.addAll(many(server, 5, much));
            slow.get(0).answer().refused(503, "too many slow requests");
            assertServes(server);
            close(slow);
        }
    }

    @Test
    void aConnectionServesManyRequests() throws Exception {
        try (DetectServer server = Wire.serve(LIMITS, new Answers())) {
            HttpClient client = HttpClient.newHttpClient();
            URI at = URI.create("http://localhost:" + server.address().getPort() + "/health");
            for (int i = 0; i < 50; i++) {
                HttpRequest request = HttpRequest.newBuilder(at).build();
                assertEquals(
                        200,
                        client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8))
                                .statusCode());
            }
        }
    }
}
