package io.github.mdetr.examples.synthetic;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.caption.Role;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a file of annotations as a stream. COCO wants all images before all annotations, so every caption is given twice:
 * first to {@link #image}, and after {@link #beginAnnotations} in the same order to {@link #annotations}. The file has its
 * name only once it is whole.
 */
final class AnnotationWriter implements AutoCloseable {
    private static final String DATASET = "synthetic";

    private final Path file;
    private final Path part;
    private final JsonGenerator json;
    private long images;
    private long annotated;
    private long annotations;

    AnnotationWriter(Path file, String description) throws IOException {
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.json = new JsonFactory().createGenerator(Files.newOutputStream(part), JsonEncoding.UTF8);
        json.writeStartObject();
        json.writeObjectFieldStart("info");
        json.writeStringField("description", description);
        json.writeEndObject();
        json.writeArrayFieldStart("categories");
        json.writeStartObject();
        json.writeNumberField("id", 1);
        json.writeStringField("name", "object");
        json.writeStringField("supercategory", "object");
        json.writeEndObject();
        json.writeEndArray();
        json.writeArrayFieldStart("images");
    }

    /** The first time: the entry of a picture with one caption. */
    void image(long index, String fileName, Scene scene, Caption caption) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", ++images);
        json.writeStringField("file_name", fileName);
        json.writeNumberField("width", scene.size().width());
        json.writeNumberField("height", scene.size().height());
        json.writeStringField("caption", caption.text());
        json.writeStringField("dataset_name", DATASET);
        json.writeStringField("data_source", caption.kind().label());
        json.writeNumberField("original_id", index);
        List<CodePointSpan> negative = new ArrayList<>();
        List<List<CodePointSpan>> positive = new ArrayList<>();
        for (Mention m : caption.mentions()) {
            if (m.objects().isEmpty()) {
                negative.addAll(m.spans());
            } else {
                positive.add(m.spans());
            }
        }
        json.writeFieldName("tokens_negative");
        spans(negative);
        json.writeArrayFieldStart("tokens_positive_eval");
        for (List<CodePointSpan> spans : positive) {
            spans(spans);
        }
        json.writeEndArray();
        if (caption.answer() != null) {
            json.writeStringField("questionId", Long.toString(images));
            json.writeStringField("question_type", caption.kind().label());
            json.writeStringField("answer", caption.answer());
        }
        json.writeEndObject();
    }

    /** Between the two times. */
    void beginAnnotations() throws IOException {
        json.writeEndArray();
        json.writeArrayFieldStart("annotations");
    }

    /** The second time: every object that the caption names, once, with all the words for it. */
    void annotations(Scene scene, Caption caption) throws IOException {
        annotated++;
        Map<Integer, List<Mention>> named = new TreeMap<>();
        for (Mention m : caption.mentions()) {
            for (int object : m.objects()) {
                named.computeIfAbsent(object, o -> new ArrayList<>()).add(m);
            }
        }
        for (Map.Entry<Integer, List<Mention>> entry : named.entrySet()) {
            SceneObject object = scene.objects().get(entry.getKey());
            List<Mention> mentions = entry.getValue();
            json.writeStartObject();
            json.writeNumberField("id", ++annotations);
            json.writeNumberField("image_id", annotated);
            json.writeNumberField("category_id", 1);
            json.writeNumberField("iscrowd", 0);
            json.writeNumberField("area", object.visiblePixels());
            PixelBox box = object.box();
            json.writeFieldName("bbox");
            numbers((int) box.x0(), (int) box.y0(), (int) box.width(), (int) box.height());
            json.writeFieldName("tokens_positive");
            spans(mentions.stream().flatMap(m -> m.spans().stream()).toList());
            if (caption.kind() != CaptionKind.PACKED) { // which asks for nothing
                json.writeBooleanField("isfinal", mentions.stream().anyMatch(m -> m.role() == Role.TARGET));
            }
            json.writeObjectFieldStart("segmentation");
            json.writeFieldName("size");
            numbers(scene.size().height(), scene.size().width());
            json.writeFieldName("counts");
            numbers(scene.instances().runs(entry.getKey()).stream()
                    .mapToInt(Integer::intValue)
                    .toArray());
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void spans(List<CodePointSpan> spans) throws IOException {
        json.writeStartArray();
        for (CodePointSpan span : spans) {
            numbers(span.begin(), span.end());
        }
        json.writeEndArray();
    }

    private void numbers(int... values) throws IOException {
        json.writeArray(values, 0, values.length);
    }

    /** Ends the file and gives it its name. */
    void finish() throws IOException {
        json.writeEndArray();
        json.writeEndObject();
        json.close();
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Entries so far, and annotations. */
    long images() {
        return images;
    }

    /** Closes the stream; without {@link #finish} before it the part stays under the name that says so. */
    @Override
    public void close() throws IOException {
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
        json.close();
    }
}
