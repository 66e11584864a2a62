package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture and words in every form that a body may have, and who may send them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class BodyFormsTest {
    private static final String CAPTION = "das größte rote 「四角」 🟥";

    private final List<DetectCall> calls = Collections.synchronizedList(new ArrayList<>());
    private DetectServer server;
    private byte[] picture;

    @BeforeAll
    void start() throws IOException {
        picture = Picture.png(200, 100);
        server = Wire.serve(ServerLimits.defaults().withMaxPhrases(3), call -> {
            calls.add(call);
            return new Answers().detect(call);
        });
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        calls.clear();
    }

    private Wire.Answer post(String query, String type, byte[] body, String... headers) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        String head = "POST /detect" + query + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                + "\r\nContent-Length: " + body.length + "\r\n" + String.join("", headers) + "\r\n";
        request.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        request.writeBytes(body);
        try (Wire wire = Wire.to(server).send(request.toByteArray())) {
            return wire.answer();
        }
    }

    private Wire.Answer json(String image) throws IOException {
        String body = "{\"image\": \"" + image + "\", \"caption\": \"" + CAPTION + "\", \"topK\": 7}";
        return post("", "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    /** A form of parts, each {@code name|headers|content}; the picture stands for {@code @}. */
    private byte[] form(String... parts) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String part : parts) {
            String[] p = part.split("\\|", -1);
            body.writeBytes(("--XX\r\nContent-Disposition: form-data; name=\"" + p[0] + "\"" + p[1] + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(p[2].equals("@") ? picture : p[2].getBytes(StandardCharsets.UTF_8));
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        body.writeBytes("--XX--\r\n".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private Wire.Answer parts(String... parts) throws IOException {
        return post("", "multipart/form-data; boundary=XX", form(parts));
    }

    private void assertTaken(Wire.Answer answer) throws IOException {
        assertEquals(200, answer.status(), answer.body());
        assertEquals(1, calls.size());
        DetectCall call = calls.get(0);
        assertEquals(CAPTION, call.caption());
        assertEquals(7, call.options().topK());
        assertEquals(200, call.image().width());
        assertEquals(0xc83c32, call.image().pixel(25, 30));
    }

    @Test
    void base64InItsTwoAlphabetsPaddedOrNotAndInLines() throws IOException {
        List<String> texts = List.of(
                Base64.getEncoder().encodeToString(picture),
                Base64.getEncoder().withoutPadding().encodeToString(picture),
                Base64.getUrlEncoder().encodeToString(picture),
                Base64.getUrlEncoder().withoutPadding().encodeToString(picture),
                Base64.getMimeEncoder().encodeToString(picture).replace("\r\n", "\\r\\n"));
        for (String text : texts) {
            assertTaken(json(text));
            calls.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64,",
                "data:;base64,",
                "DATA:image/png;charset=x;BASE64,",
                " data:image/jpeg;base64, "
            })
    void dataUrls(String head) throws IOException {
        assertTaken(json(head + Base64.getEncoder().encodeToString(picture)));
    }

    @Test
    void aDataUrlWithPercents() throws IOException {
        String text = URLEncoder.encode(Base64.getEncoder().encodeToString(picture), StandardCharsets.US_ASCII);
        assertTaken(json("data:image/png;base64," + text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://localhost/dogs.jpg | nothing is fetched from addresses",
                "HTTPS://example.com/a.png | nothing is fetched from addresses",
                "file:///etc/passwd | nothing is fetched from addresses",
                "ftp:x | nothing is fetched from addresses",
                "data:image/png,AAAA | expected a data URL in base64",
                "data:image/png;base64 | expected a data URL in base64",
                "data:image/png;base64,%zz | got a wrong % in it",
                "dogs.jpg | got other characters",
                "AAAAA | got a length that it cannot have"
            })
    void whatIsNoPictureIsRefusedWithTheRightCall(String image, String reason) throws IOException {
        String error = json(image).refused(400, reason).body();
        assertTrue(error.contains("for example: curl -H \\\"Content-Type: application/json\\\""), error);
    }

    @Test
    void aFormWithAFile() throws IOException {
        assertTaken(parts("image|; filename=\"dogs.png\"|@", "caption||" + CAPTION, "topK||7"));
        calls.clear();
        assertTaken(parts("caption||" + CAPTION, "topK||7", "image|\r\nContent-Type: image/png|@"));
    }

    @Test
    void aFormWithThePictureAsText() throws IOException {
        String text = Base64.getEncoder().encodeToString(picture);
        assertTaken(parts("image||data:image/png;base64," + text, "caption||" + CAPTION, "topK||7"));
    }

    @Test
    void phrasesOfAFormAreSeveralParts() throws IOException {
        Wire.Answer answer =
                parts("image|; filename=a|@", "phrases||a red square", "phrases||a zebra", "threshold||0.25");
        assertEquals(200, answer.status(), answer.body());
        assertEquals(List.of("a red square", "a zebra"), calls.get(0).phrases());
        assertEquals(0.25f, calls.get(0).options().threshold());
    }

    @Test
    void whatIsWrongInAFormIsRefusedWithTheRightCall() throws IOException {
        String example = parts("caption||x").refused(400, "no 'image'").body();
        assertTrue(example.contains("for example: curl -F image=@dogs.jpg -F \\\"caption=two dogs\\\""), example);
        parts("image|; filename=a|@").refused(400, "either 'caption' or 'phrases', got neither");
        parts("image|; filename=a|@", "image|; filename=a|@", "caption||x").refused(400, "'image': expected once");
        parts("image|; filename=a|@", "caption||x", "caption||y").refused(400, "'caption': expected once");
        parts("image|; filename=a|@", "caption||x", "mask||1").refused(400, "unknown field 'mask'");
        parts("file|; filename=dogs.png|@", "caption||x").refused(400, "unknown field 'file'; expected image, caption");
        parts("image|; filename=a|@", "caption||x", "topK||many").refused(400, "'topK': expected an integer, got many");
        parts("image|; filename=a|@", "caption||x", "threshold||2")
                .refused(400, "threshold: expected a value in [0, 1]");
        parts("image|; filename=a|@", "phrases||a", "phrases||b", "phrases||c", "phrases||d")
                .refused(400, "at most 3");
        parts("image||http://localhost/x.png", "caption||x").refused(400, "nothing is fetched");
        parts("image|; filename=a|no picture", "caption||x").refused(422, "is a text file, not a picture");
        byte[] latin = "--XX\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nr\u00f6t\r\n--XX--\r\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        post("", "multipart/form-data; boundary=XX", latin).refused(400, "'caption': expected text in UTF-8");
    }

    /** As long as a part's head may be, which is a fault of the sender and none of the service. */
    @Test
    void aLongNameInAFormIsRefused() throws IOException {
        parts("a".repeat(4000) + "||x").refused(400, "unknown field 'aaa");
        parts("\\a".repeat(2000) + "||x").refused(400, "unknown field '");
    }

    @Test
    void lettersOfAnotherEncodingAreNamedAsEverywhere() throws IOException {
        byte[] latin = "{\"caption\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        post("", "application/json", latin)
                .refused(400, "the body: not UTF-8 in line 1: byte 0xE9 at offset 13; save it as UTF-8");
    }

    @Test
    void whatIsNoJsonIsToldWithoutTheParsersAdvice() throws IOException {
        String answer = post("", "application/json", "{\"caption\": hello}".getBytes(StandardCharsets.UTF_8))
                .refused(400, "Unrecognized token 'hello' in line 1")
                .body();
        assertFalse(answer.contains("was expecting"), answer);
    }

    @Test
    void aBrokenFormIsRefused() throws IOException {
        byte[] good = form("image|; filename=a|@", "caption||x");
        post("", "multipart/form-data", good).refused(400, "expected a boundary");
        post("", "multipart/form-data; boundary=YY", good).refused(400, "not the multipart/form-data");
        byte[] cut = Arrays.copyOf(good, good.length - 20);
        post("", "multipart/form-data; boundary=XX", cut).refused(400, "not the multipart/form-data");
        byte[] nameless = "--XX\r\nA: b\r\n\r\nx\r\n--XX--\r\n".getBytes(StandardCharsets.US_ASCII);
        post("", "multipart/form-data; boundary=XX", nameless).refused(400, "expected a name for each part");
        String[] many = Collections.nCopies(2000, "caption||x").toArray(String[]::new);
        post("", "multipart/form-data; boundary=XX", form(many)).refused(400, "");
        post("", "multipart/form-data; boundary=XX", new byte[0]).refused(400, "not the multipart/form-data");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", "image/jpeg", "application/octet-stream", "IMAGE/WEBP; x=y"})
    void thePicturesBytesWithTheRestInTheQuery(String type) throws IOException {
        String query = "?topK=7&caption=" + URLEncoder.encode(CAPTION, StandardCharsets.UTF_8);
        assertTaken(post(query, type, picture));
    }

    /** Without its last chunk, as PIL reads it too. */
    @Test
    void damageToAPictureThatIsReadAllTheSameIsAWarning() throws IOException {
        byte[] cut = Arrays.copyOf(picture, picture.length - 12);
        Wire.Answer answer = post("?caption=x", "image/png", cut);
        assertEquals(200, answer.status(), answer.body());
        assertTrue(answer.body().contains("\"warnings\":[\"image: "), answer.body());
        calls.clear();
        assertFalse(post("?caption=x", "image/png", picture).body().contains("\"image: "));
    }

    @Test
    void whatIsWrongInAQueryIsRefusedWithTheRightCall() throws IOException {
        String error =
                post("", "image/png", picture).refused(400, "got neither").body();
        assertTrue(error.contains("--data-binary @dogs.jpg \\\"http://localhost/detect?caption=two%20dogs\\\""), error);
        post("?caption=x", "image/png", new byte[0]).refused(400, "no 'image'");
        post("?caption=x&caption=y", "image/png", picture).refused(400, "'caption': expected once");
        post("?caption=x&image=AAAA", "image/png", picture).refused(400, "got it in the query");
        post("?caption=x&mask=1", "image/png", picture).refused(400, "unknown field 'mask'");
        post("?caption=%zz", "image/png", picture).refused(400, "");
        post("?caption=%ff", "image/png", picture).refused(400, "the query is not what is expected");
        assertEquals(200, post("?phrases=a&phrases=b", "image/png", picture).status());
        assertEquals(List.of("a", "b"), calls.get(0).phrases());
    }

    @Test
    void otherTypesAreToldTheOnesThereAre() throws IOException {
        String error = post("", "application/x-www-form-urlencoded", picture)
                .refused(415, "expected Content-Type application/json, multipart/form-data, image/…")
                .body();
        assertTrue(error.contains("curl -F image=@dogs.jpg"), error);
    }

    @Test
    void whoIsRefusedWhileSendingMuchHearsWhy() throws IOException {
        post("", "application/x-www-form-urlencoded", new byte[5_000_000]).refused(415, "for example");
        post("", "image/png", new byte[5_000_000], "Origin: null\r\n").refused(403, "another site");
        post("", "image/png", new byte[5_000_000], "Content-Encoding: br\r\n").refused(415, "Content-Encoding");
    }

    @Test
    void whoAsksFirstIsRefusedWithoutSending() throws IOException {
        String head = Hostile.post("Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
                .replace("application/json", "text/plain");
        try (Wire wire = Wire.to(server).send(head)) {
            wire.answer().refused(415, "expected Content-Type");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: http://localhost:9",
                "Origin: http://localhost.evil.example",
            })
    void pagesOfOtherSitesAreRefusedInEveryForm(String header) throws IOException {
        String line = header + "\r\n";
        byte[] form = form("image|; filename=a|@", "caption||x");
        post("", "multipart/form-data; boundary=XX", form, line).refused(403, "a page of another site");
        post("?caption=x", "application/octet-stream", picture, line).refused(403, "a page of another site");
        post("", "application/json", "{}".getBytes(StandardCharsets.UTF_8), line)
                .refused(403, "a page of another site");
        assertTrue(calls.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none",
                "Origin: http://localhost",
                "Sec-Fetch-Site: same-origin\r\nOrigin: https://behind.a.proxy"
            })
    void theServicesOwnPageIsServed(String header) throws IOException {
        byte[] form = form("image|; filename=a|@", "caption||" + CAPTION, "topK||7");
        assertTaken(post("", "multipart/form-data; boundary=XX", form, header + "\r\n"));
    }
}
