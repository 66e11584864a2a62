package io.github.mdetr.examples.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/** Requests as honest clients send them: pictures of many sizes, captions and phrases, in every form of body. */
final class HonestCalls {
    private static final List<String> CAPTIONS = List.of(
            "a red cube",
            "the large blue ball",
            "a small green drum to the left of a red cube",
            "the yellow ball in front of the drum",
            "two cubes and a ball");

    private HonestCalls() {}

    static List<HttpRequest> of(URI at, int count) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<HttpRequest> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] picture = Picture.png(random.nextInt(64, 240), random.nextInt(64, 240));
            String caption = CAPTIONS.get(i % CAPTIONS.size());
            calls.add(call(at, i, picture, caption));
        }
        return calls;
    }

    private static HttpRequest call(URI at, int form, byte[] picture, String caption) {
        boolean each = form % 2 == 1;
        return switch (form % 4) {
            case 0, 1 -> json(at, each, picture, caption, form % 8 < 4);
            case 2 -> parts(at, picture, caption);
            default -> bytes(at, picture, caption);
        };
    }

    private static HttpRequest.Builder to(URI at, String type) {
        return HttpRequest.newBuilder(at).timeout(Duration.ofSeconds(50)).header("Content-Type", type);
    }

    private static HttpRequest json(URI at, boolean each, byte[] picture, String caption, boolean url) {
        String image = url
                ? "data:image/png;base64," + Base64.getEncoder().encodeToString(picture)
                : Base64.getUrlEncoder().withoutPadding().encodeToString(picture);
        String words = each ? "\"phrases\": [\"" + caption + "\", \"a zebra\"]" : "\"caption\": \"" + caption + "\"";
        String body = "{\"image\": \"" + image + "\", \"threshold\": 0, " + words + "}";
        return to(at, "application/json").POST(BodyPublishers.ofString(body)).build();
    }

    private static HttpRequest parts(URI at, byte[] picture, String caption) {
        String part = "--XX\r\nContent-Disposition: form-data; name=";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes((part + "caption\r\n\r\n" + caption + "\r\n" + part + "threshold\r\n\r\n0\r\n" + part
                        + "image; filename=a.png\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(picture);
        body.writeBytes("\r\n--XX--\r\n".getBytes(StandardCharsets.UTF_8));
        return to(at, "multipart/form-data; boundary=XX")
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
    }

    private static HttpRequest bytes(URI at, byte[] picture, String caption) {
        URI with = URI.create(at + "?threshold=0&caption=" + URLEncoder.encode(caption, StandardCharsets.UTF_8));
        return to(with, "image/png").POST(BodyPublishers.ofByteArray(picture)).build();
    }
}
