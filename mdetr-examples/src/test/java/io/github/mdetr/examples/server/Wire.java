package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection of plain bytes, for what no client library sends. */
final class Wire implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PATIENCE = 30_000;

    private final Socket socket;

    private Wire(Socket socket) {
        this.socket = socket;
    }

    /** A service of this test, which listens on a free port. */
    static DetectServer serve(ServerLimits limits, Detector detector) throws IOException {
        return DetectServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits, detector);
    }

    static Wire to(DetectServer server) throws IOException {
        Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(PATIENCE);
        return new Wire(socket);
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends no more, and still reads. */
    Wire halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** An answer as it came: its head, and as much of a body as it announces. */
    record Answer(int status, String head, String body) {
        /** Checks that it refuses in JSON, on one line, without a trace, a page or a name of the server. */
        Answer refused(int expected, String reason) throws IOException {
            assertTrue(status == expected, head + body);
            return refused(reason);
        }

        Answer refused(String reason) throws IOException {
            assertTrue(status >= 400 && status < 600 && status != 500, head + body);
            assertTrue(head.contains("Content-Type: application/json"), head);
            String error = MAPPER.readTree(body).get("error").asText();
            assertTrue(error.contains(reason), error);
            assertTrue(error.lines().count() == 1, error);
            assertFalse(body.contains("\tat ") || body.contains("<html"), body);
            assertFalse((head + body).toLowerCase(Locale.ROOT).contains("jetty"), head + body);
            assertFalse(head.contains("\r\nServer:"), head);
            return this;
        }
    }

    /** Reads an answer; its status is 0 when the connection ends without one. */
    Answer answer() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                return new Answer(0, head.toString(StandardCharsets.ISO_8859_1), "");
            }
            head.write(b);
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (String line : text.split("\r\n", -1)) {
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring(16));
            }
        }
        byte[] body = socket.getInputStream().readNBytes(length);
        return new Answer(Integer.parseInt(text.substring(9, 12)), text, new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the other side has closed it; waits for that. */
    boolean ended() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) { // reset
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
