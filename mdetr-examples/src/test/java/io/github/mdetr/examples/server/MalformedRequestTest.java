package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no proper HTTP is a fault of the client, answered in JSON, and leaves the service as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class MalformedRequestTest {
    private DetectServer server;

    @BeforeAll
    void start() throws IOException {
        server = Wire.serve(ServerLimits.defaults().withHeaderTimeout(Duration.ofSeconds(1)), new Answers());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    static Stream<String> refused() {
        return Hostile.REFUSED.stream();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void itIsRefusedAtOnceInJson(String request) throws IOException {
        try (Wire wire = Wire.to(server).send(request)) {
            wire.answer().refused("");
        }
    }

    @Test
    void aChunkOfFourGigabytesIsTheClientsFault() throws IOException {
        try (Wire wire = Wire.to(server).send(Hostile.LARGE_CHUNK)) {
            wire.answer().refused("the request stopped coming");
        }
    }

    @Test
    void theSharedChunkIsRefused() throws IOException {
        Path file = Hostile.shared("chunk-ffffffff.http");
        try (Wire wire = Wire.to(server).send(Files.readAllBytes(file))) {
            wire.answer().refused(408, "the request stopped coming");
        }
    }

    @Test
    void whoStopsHalfwayIsAnsweredWhereItStillListens() throws IOException {
        List<String> halves = List.of(
                Hostile.post("Content-Length: 10\r\n\r\n{}"),
                Hostile.post("Transfer-Encoding: chunked\r\n\r\n2\r\n{}"));
        for (String half : halves) {
            try (Wire wire = Wire.to(server).send(half).halfClose()) {
                wire.answer().refused(400, "Early EOF");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0x2", "fffffffffffffffff"})
    void aWrongSizeOfAChunkIsNamed(String size) throws IOException {
        String request = Hostile.post("Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n{}\r\n0\r\n\r\n");
        try (Wire wire = Wire.to(server).send(request)) {
            wire.answer().refused(400, "hexadecimal");
        }
    }

    @Test
    void tlsIsNamed() throws IOException {
        byte[] hello = {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3};
        try (Wire wire = Wire.to(server).send(hello)) {
            wire.answer().refused(400, "expected plain HTTP, got TLS");
        }
    }

    @Test
    void anotherMethodIsShownTheRightCallAndNotEchoedInFull() throws IOException {
        String rest = " /detect HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        try (Wire wire = Wire.to(server).send("GET" + rest)) {
            wire.answer().refused(405, "expected POST, got GET; for example: curl -F image=@dogs.jpg");
        }
        try (Wire wire = Wire.to(server).send("X".repeat(9000) + rest)) {
            assertTrue(
                    wire.answer().refused(405, "expected POST, got XXX").body().length() < 300);
        }
    }

    @Test
    void optionsOfTheWholeServiceAreToldTheMethods() throws IOException {
        try (Wire wire = Wire.to(server).send("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            Wire.Answer answer = wire.answer().refused(405, "got OPTIONS of *");
            assertTrue(answer.head().contains("Allow: GET, HEAD, POST"), answer.head());
        }
    }

    @Test
    void whoStopsInTheHeadIsAnsweredToo() throws IOException {
        for (String half : List.of("G", "GET / HTTP/1.1\r\nHo", "POST /detect HTTP/1.1\r\nHost: localhost\r\n")) {
            try (Wire wire = Wire.to(server).send(half).halfClose()) {
                wire.answer().refused(400, "before the head of a request was complete");
                assertTrue(wire.ended());
            }
        }
        try (Wire wire = Wire.to(server)
                .send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .halfClose()) {
            assertEquals(200, wire.answer().status());
            assertTrue(wire.ended(), "a whole request is all there was");
        }
    }

    @Test
    void theConnectionEndsAfterAConflict() throws IOException {
        String conflict = Hostile.post("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x");
        try (Wire wire = Wire.to(server).send(conflict + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            wire.answer().refused(400, "Multiple Content-Lengths");
            assertEquals(0, wire.answer().status(), "what follows is part of nothing");
        }
    }

    @Test
    void headIsWhatGetIsWithoutItsBody() throws IOException {
        for (String path : List.of("/", "/page.css", "/page.js", "/health")) {
            try (Wire wire = Wire.to(server)) {
                String rest = path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                String head = wire.send("HEAD " + rest).answer().head();
                try (Wire other = Wire.to(server)) {
                    assertEquals(other.send("GET " + rest).answer().head(), head);
                }
            }
        }
        try (Wire wire = Wire.to(server)) {
            String head = "HEAD /detect HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            assertEquals(405, wire.send(head).answer().status());
        }
    }

    @Test
    void manyFaultsMakeFewLinesAndNoTrace() throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (DetectServer noisy = Wire.serve(ServerLimits.defaults(), new Answers())) {
            for (int i = 0; i < 300; i++) {
                String request = Hostile.REFUSED.get(i % Hostile.REFUSED.size());
                try (Wire wire = Wire.to(noisy).send(request)) {
                    wire.answer();
                }
            }
        } finally {
            System.setErr(before);
        }
        String text = log.toString(StandardCharsets.UTF_8);
        assertEquals(0, text.lines().filter(l -> l.startsWith("\tat ")).count(), text);
        assertTrue(text.lines().count() <= 20, text);
    }
}
