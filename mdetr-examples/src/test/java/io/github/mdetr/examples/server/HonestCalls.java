package io.github.mdetr.examples.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
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
        HttpRequest.Builder request = HttpRequest.newBuilder(at).timeout(Duration.ofSeconds(50));
        String image = Base64.getEncoder().encodeToString(picture);
        String words =
                form % 2 == 0 ? "\"caption\": \"" + caption + "\"" : "\"phrases\": [\"" + caption + "\", \"a zebra\"]";
        return request.header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"image\": \"" + image + "\", \"threshold\": 0, " + words + "}"))
                .build();
    }
}
