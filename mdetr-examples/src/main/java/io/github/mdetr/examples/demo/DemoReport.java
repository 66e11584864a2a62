package io.github.mdetr.examples.demo;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.examples.demo.GroundedCaption.Answer;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.caption.Role;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import io.github.mdetr.nn.pipeline.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;

/**
 * A page of its own that shows scenes with their captions: pointing at words lights their boxes, pointing at a box its words;
 * what was found and the truth. Pictures, style and script are in it, and its policy lets it load nothing.
 */
public final class DemoReport {
    private DemoReport() {}

    /**
     * The page.
     *
     * @param title what it shows, as a line of text
     */
    public static String html(String title, List<GroundedScene> scenes) throws IOException {
        String data = JsonLine.write(false, json -> {
                    json.writeStringField("title", title);
                    json.writeArrayFieldStart("scores");
                    for (var e : KindScores.of(scenes).entrySet()) {
                        json.writeStartObject();
                        json.writeStringField("kind", e.getKey().label());
                        json.writeNumberField("right", e.getValue().right());
                        json.writeNumberField("all", e.getValue().all());
                        json.writeNumberField("low", e.getValue().low());
                        json.writeNumberField("high", e.getValue().high());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeArrayFieldStart("scenes");
                    for (GroundedScene s : scenes) {
                        scene(json, s);
                    }
                    json.writeEndArray();
                })
                .replace("<", "\\u003c"); // no text ends the element that it is in
        return resource("report.html")
                .replace("/* style */", resource("report.css"))
                .replace("/* script */", resource("report.js"))
                .replace("{/* data */}", data);
    }

    private static void scene(JsonGenerator json, GroundedScene s) throws IOException {
        RgbImage image = s.scene().image();
        json.writeStartObject();
        json.writeStringField("image", "data:image/png;base64," + base64(image));
        json.writeNumberField("width", image.width());
        json.writeNumberField("height", image.height());
        json.writeArrayFieldStart("captions");
        for (GroundedCaption c : s.captions()) {
            caption(json, c, s.scene().scene());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void caption(JsonGenerator json, GroundedCaption c, Scene scene) throws IOException {
        Caption caption = c.caption();
        json.writeStartObject();
        json.writeStringField("kind", caption.kind().label());
        json.writeStringField("text", caption.text());
        json.writeNumberField("right", c.score().right());
        json.writeNumberField("all", c.score().all());
        json.writeArrayFieldStart("predicted");
        for (Detection d : c.shown()) {
            Optional<Answer> answer =
                    c.answers().stream().filter(a -> a.detection().equals(d)).findFirst();
            json.writeStartObject();
            box(json, d.box());
            json.writeNumberField("score", d.score());
            if (answer.isPresent()) {
                json.writeBooleanField("right", answer.get().isRight());
            }
            json.writeArrayFieldStart("words");
            for (Phrase p : d.phrases()) {
                words(json, p.begin(), p.end());
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("truth");
        for (Mention m : caption.mentions()) {
            for (int object : m.objects()) {
                json.writeStartObject();
                box(json, scene.objects().get(object).box());
                json.writeBooleanField("target", m.role() == Role.TARGET);
                json.writeArrayFieldStart("words");
                for (var s : m.spans()) {
                    Span span = Grounder.span(caption.text(), s);
                    words(json, span.begin(), span.end());
                }
                json.writeEndArray();
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void box(JsonGenerator json, PixelBox b) throws IOException {
        json.writeArrayFieldStart("box");
        for (float v : new float[] {b.x0(), b.y0(), b.x1(), b.y1()}) {
            json.writeNumber(v);
        }
        json.writeEndArray();
    }

    private static void words(JsonGenerator json, int begin, int end) throws IOException {
        json.writeStartArray();
        json.writeNumber(begin);
        json.writeNumber(end);
        json.writeEndArray();
    }

    private static String base64(RgbImage image) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        if (!ImageIO.write(image.toBufferedImage(), "png", png)) {
            throw new IOException("this Java has no PNG writer");
        }
        return Base64.getEncoder().encodeToString(png.toByteArray());
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = DemoReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing; build the jar again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
