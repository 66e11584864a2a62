package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** What attackers send: pictures that are small in bytes and large in work, and HTTP that is none. */
final class Hostile {
    /** Heads and bodies that the protocol or the service refuses; each is answered at once. */
    static final List<String> REFUSED = List.of(
            post("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
            post("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
            post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            post("Content-Length: +2\r\n\r\n{}"),
            post("Content-Length: -2\r\n\r\n{}"),
            post("Content-Length: 0x2\r\n\r\n{}"),
            post("Content-Length: 99999999999999999999\r\n\r\n{}"),
            post("Transfer-Encoding: gzip\r\n\r\n{}"),
            post("Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n"),
            post("Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX\r\n0\r\n\r\n"),
            post("Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
            post("Expect: the unexpected\r\nContent-Length: 2\r\n\r\n{}"),
            get("OPTIONS * HTTP/1.1"),
            get("DELETE * HTTP/1.1"),
            get("GET * HTTP/1.1"),
            get("GET mailto:x HTTP/1.1"),
            get("GET urn:a:b HTTP/1.1"),
            get("GET http://[::1 HTTP/1.1"),
            get("CONNECT other:80 HTTP/1.1"),
            get("TRACE / HTTP/1.1"),
            get("GET /%zz HTTP/1.1"),
            get("GET /\u00ff HTTP/1.1"),
            get("GET / HTTP/9.9"),
            get("GET /"),
            get(" GET / HTTP/1.1"),
            get("PRI * HTTP/2.0"),
            get("GET /" + "a".repeat(40_000) + " HTTP/1.1"),
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(40_000) + "\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n",
            "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nA\u0000: b\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            "\u0000".repeat(50),
            "this is no HTTP\r\n\r\n");

    /** A chunk that announces 4 GiB, of which nothing comes. */
    static final String LARGE_CHUNK = post("Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{}\r\n0\r\n\r\n");

    private Hostile() {}

    /** An attack of those that lie next to the checkout, where they are; the test is skipped where they are not. */
    static Path shared(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found =
                    at.resolve("shared").resolve("cases").resolve("attacks").resolve(name);
            if (Files.exists(found)) {
                return found;
            }
        }
        assumeTrue(false, "no shared/cases/attacks/" + name);
        return Path.of("");
    }

    static String post(String rest) {
        return "POST /detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + rest;
    }

    private static String get(String line) {
        return line + "\r\nHost: localhost\r\n\r\n";
    }

    /** A whole request with that body. */
    static byte[] request(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return post("Content-Length: " + bytes.length + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }

    /** The JSON for a picture and a caption. */
    static String json(byte[] picture, String caption) {
        return "{\"image\": \"" + Base64.getEncoder().encodeToString(picture) + "\", \"caption\": \"" + caption + "\"}";
    }

    /** A WebP of one colour, 32 bytes long whatever its size, at most 16384×16384. */
    static byte[] webp(int width, int height) {
        int bits = (width - 1) | (height - 1) << 14; // then no alpha, version 0
        byte[] head =
                "RIFF\u0018\u0000\u0000\u0000WEBPVP8L\u000c\u0000\u0000\u0000/".getBytes(StandardCharsets.ISO_8859_1);
        byte[] codes = {(byte) 0x88, (byte) 0x88, 8, 0, 0, 0, 0};
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(bits >>> shift);
        }
        out.writeBytes(codes);
        return out.toByteArray();
    }

    /** A PNG of one colour that says it is {@code said} rows high and has {@code rows}. */
    static byte[] png(int width, int said, int rows) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (OutputStream deflated = new DeflaterOutputStream(data, new Deflater(Deflater.BEST_SPEED), 1 << 16)) {
            byte[] row = new byte[1 + 3 * width];
            for (int y = 0; y < rows; y++) {
                deflated.write(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try (DataOutputStream h = new DataOutputStream(header)) {
            h.writeInt(width);
            h.writeInt(said);
            h.write(new byte[] {8, 2, 0, 0, 0});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        chunk(out, "IHDR", header.toByteArray());
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream to, String type, byte[] data) {
        CRC32 crc = new CRC32();
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        crc.update(name);
        crc.update(data);
        try (DataOutputStream out = new DataOutputStream(to)) {
            out.writeInt(data.length);
            out.write(name);
            out.write(data);
            out.writeInt((int) crc.getValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
