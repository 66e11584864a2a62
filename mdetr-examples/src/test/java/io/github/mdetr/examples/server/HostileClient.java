package io.github.mdetr.examples.server;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Attacks a service, one way at a time; what it answers is read and thrown away. */
final class HostileClient {
    /** Ways to attack. */
    static final int KINDS = 16;

    private static final int ANSWER_WITHIN = 15_000;

    private final int port;
    private final SplittableRandom random;
    private final byte[] tall = Hostile.request(Hostile.json(Hostile.png(1, 1_000_000, 1_000_000), "a red cube"));
    private final byte[] bomb = Hostile.request(Hostile.json(Hostile.png(5000, 4900, 4900), "a red cube"));
    private final byte[] large = Hostile.request(Hostile.json(Hostile.png(600, 600, 600), "a red cube"));

    HostileClient(int port, SplittableRandom random) {
        this.port = port;
        this.random = random;
    }

    /** One attack. */
    void attack(int kind) throws InterruptedException {
        try {
            switch (kind) {
                case 0 -> send(Hostile.request(Hostile.json(Hostile.webp(5000, 4800), "a red cube")));
                case 1 -> trickle("GET / HTTP/1.1\r\nHost: localhost\r\n", 12);
                case 2 -> trickle(Hostile.post("Content-Length: 1000\r\n\r\n{\"image\": \"AAAAAAAAA"), 20);
                case 3 -> hold(70);
                case 4 -> send(Hostile.LARGE_CHUNK.getBytes(StandardCharsets.ISO_8859_1));
                case 5, 6, 7 ->
                    send(Hostile.REFUSED
                            .get(random.nextInt(Hostile.REFUSED.size()))
                            .getBytes(StandardCharsets.ISO_8859_1));
                case 8 -> send(bomb);
                case 9 -> send(tall);
                case 10 -> halfClosed();
                case 11 -> aborted();
                case 12 -> send(large);
                case 13 -> tooLong();
                case 14 -> noise();
                default -> badBody();
            }
        } catch (IOException e) {
            // refused in its own way
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(ANSWER_WITHIN);
        return socket;
    }

    private void send(byte[] request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request);
            read(socket);
        }
    }

    private static void read(Socket socket) throws IOException {
        byte[] buffer = new byte[4096];
        int n = socket.getInputStream().read(buffer); // the answer fits
        if (n < 0) {
            throw new IOException("no answer");
        }
    }

    private void trickle(String text, int bytes) throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(text.substring(0, text.length() - bytes).getBytes(StandardCharsets.US_ASCII));
            for (int i = text.length() - bytes; i < text.length(); i++) {
                out.write(text.charAt(i));
                TimeUnit.MILLISECONDS.sleep(500);
            }
        }
    }

    private void hold(int connections) throws IOException, InterruptedException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                Socket socket = connect();
                held.add(socket);
                socket.getOutputStream().write('G');
            }
            TimeUnit.SECONDS.sleep(5);
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    private void halfClosed() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write(Hostile.post("Content-Length: 10\r\n\r\n{}").getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            read(socket);
        }
    }

    private void aborted() throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(large);
            socket.setSoLinger(true, 0);
        }
    }

    private void tooLong() throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(Hostile.post("Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = ("10000\r\n" + "A".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 400; i++) { // 25 MiB
                out.write(chunk);
            }
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            read(socket);
        }
    }

    private void noise() throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(5000)];
        random.nextBytes(bytes);
        send(bytes);
    }

    private void badBody() throws IOException {
        List<String> bodies = List.of(
                "{",
                "[]",
                "{\"image\": \"!\", \"caption\": \"x\"}",
                "{\"image\": \"AAAA\", \"caption\": \"x\"}",
                "{\"image\": \"http://localhost/x.png\", \"caption\": \"x\"}",
                "{\"topK\": 1e99}",
                "{\"phrases\": " + "[".repeat(50_000),
                Hostile.json(small(), "a ".repeat(5000)));
        send(Hostile.request(bodies.get(random.nextInt(bodies.size()))));
    }

    private static byte[] small() throws IOException {
        return Picture.png(64, 64);
    }
}
