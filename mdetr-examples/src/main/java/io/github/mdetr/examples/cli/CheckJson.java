package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.github.mdetr.nn.data.check.AnnotationCheck;
import io.github.mdetr.nn.data.check.CheckReport;
import io.github.mdetr.nn.data.check.Finding;
import io.github.mdetr.nn.data.check.FindingKind;
import io.github.mdetr.nn.data.check.Spread;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code check-data --json} prints: an object on one line, written as findings come. */
final class CheckJson {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private CheckJson() {}

    /**
     * Runs a check and writes it.
     *
     * @param most findings of a kind that are written
     * @param images whether images are looked at
     */
    static CheckReport write(Path file, AnnotationCheck check, int most, boolean images, PrintWriter out)
            throws IOException {
        Map<FindingKind, Integer> listed = new EnumMap<>(FindingKind.class);
        CheckReport report;
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("file", file.toString());
            json.writeArrayFieldStart("findings");
            report = check.run(f -> {
                if (listed.merge(f.kind(), 1, Integer::sum) <= most) {
                    finding(f, json);
                }
            });
            json.writeEndArray();
            counts("errors", report, true, json);
            counts("notes", report, false, json);
            summary(report, images, json);
            json.writeEndObject();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        out.println();
        return report;
    }

    private static void finding(Finding f, JsonGenerator json) {
        try {
            json.writeStartObject();
            json.writeStringField("level", f.kind().isError() ? "error" : "note");
            json.writeStringField("kind", f.kind().key());
            text("image", f.image(), json);
            text("file", f.file(), json);
            text("annotation", f.annotation(), json);
            json.writeStringField("message", PictureLimits.named(f.message()));
            json.writeStringField("advice", f.advice());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void text(String name, @Nullable String value, JsonGenerator json) throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, value);
        }
    }

    private static void counts(String name, CheckReport r, boolean errors, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("all", errors ? r.errors() : r.notes());
        for (FindingKind kind : FindingKind.values()) {
            Long n = r.found().get(kind);
            if (n != null && kind.isError() == errors) {
                json.writeNumberField(kind.key(), n);
            }
        }
        json.writeEndObject();
    }

    private static void summary(CheckReport r, boolean images, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("data");
        json.writeNumberField("entries", r.entries());
        json.writeNumberField("images", r.files());
        json.writeBooleanField("images_looked_at", images);
        json.writeNumberField("images_turned", r.turned());
        json.writeNumberField("objects", r.objectCount());
        json.writeNumberField("crowds", r.crowds());
        json.writeNumberField("finals", r.finals());
        json.writeNumberField("spans", r.spans());
        json.writeNumberField("questions", r.questions());
        spread("widths", r.widths(), json);
        spread("heights", r.heights(), json);
        spread("characters", r.characters(), json);
        spread("objects_of_a_caption", r.objects(), json);
        Spread tokens = r.tokens();
        if (tokens != null) {
            spread("tokens", tokens, json);
        }
        json.writeObjectFieldStart("words");
        for (Map.Entry<String, Long> phrase : r.phrases()) {
            json.writeNumberField(phrase.getKey(), phrase.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void spread(String name, Spread s, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("min", s.min());
        json.writeNumberField("median", s.median());
        json.writeNumberField("max", s.max());
        json.writeEndObject();
    }
}
