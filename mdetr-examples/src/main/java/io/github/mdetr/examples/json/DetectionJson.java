package io.github.mdetr.examples.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import io.github.mdetr.nn.pipeline.SpanScore;
import java.io.IOException;
import java.nio.file.Path;

/** What was found in an image, as {@code mdetr predict} prints it and {@code mdetr serve} answers. */
public final class DetectionJson {
    private DetectionJson() {}

    /** One line, or several when {@code pretty}. */
    public static String write(Path image, DetectResult result, boolean pretty) throws IOException {
        return JsonLine.write(pretty, json -> {
            json.writeStringField("image", image.toString());
            fields(json, result);
        });
    }

    /** The same without the image's name, within the object that is being written. */
    public static void fields(JsonGenerator json, DetectResult result) throws IOException {
        json.writeObjectFieldStart("size");
        json.writeNumberField("width", result.width());
        json.writeNumberField("height", result.height());
        json.writeEndObject();
        json.writeStringField("caption", result.caption());
        json.writeArrayFieldStart("warnings");
        for (String warning : result.warnings()) {
            json.writeString(warning);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("detections");
        for (Detection d : result.detections()) {
            detection(json, d, result.caption());
        }
        json.writeEndArray();
    }

    private static void detection(JsonGenerator json, Detection d, String caption) throws IOException {
        json.writeStartObject();
        json.writeNumberField("query", d.query());
        json.writeNumberField("score", d.score());
        json.writeNumberField("noObject", d.noObject());
        if (d.isFinal() != null) {
            json.writeNumberField("isFinal", d.isFinal());
        }
        PixelBox box = d.box();
        json.writeObjectFieldStart("box");
        json.writeNumberField("x0", box.x0());
        json.writeNumberField("y0", box.y0());
        json.writeNumberField("x1", box.x1());
        json.writeNumberField("y1", box.y1());
        json.writeEndObject();
        json.writeArrayFieldStart("phrases");
        for (Phrase p : d.phrases()) {
            json.writeStartObject();
            json.writeStringField("text", p.text());
            json.writeNumberField("begin", p.begin());
            json.writeNumberField("end", p.end());
            json.writeNumberField("probability", p.probability());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (!d.spans().isEmpty()) {
            json.writeArrayFieldStart("spans");
            for (SpanScore s : d.spans()) {
                json.writeStartObject();
                json.writeStringField(
                        "text", caption.substring(s.span().begin(), s.span().end()));
                json.writeNumberField("begin", s.span().begin());
                json.writeNumberField("end", s.span().end());
                json.writeNumberField("score", s.score());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
