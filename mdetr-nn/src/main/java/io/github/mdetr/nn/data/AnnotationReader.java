package io.github.mdetr.nn.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.github.mdetr.nn.data.EntryProblem.Kind;
import io.github.mdetr.tokenizer.TextException;
import io.github.mdetr.tokenizer.TextReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the published format as a stream: each entry goes to a sink as soon as it is read, and nothing is kept, so that a
 * caller that needs one entry at a time needs no more memory.
 */
final class AnnotationReader {
    static final String IMAGES = "images";
    static final String ANNOTATIONS = "annotations";

    /** Of one text, such as a caption or the runs of a mask; what is passed over may be longer. */
    private static final int LONGEST_TEXT = 16 << 20;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // a file's names are not the process's to keep
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS) // Python's json writes NaN and Infinity
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .build())
            .build();

    private final JsonParser in;
    private final String name;
    private final AnnotationSink sink;
    private final EntryReader entry;
    private final ValueReader values;

    private AnnotationReader(JsonParser in, String name, AnnotationSink sink) {
        this.in = in;
        this.name = name;
        this.sink = sink;
        this.entry = new EntryReader(in, sink);
        this.values = entry.values();
    }

    /**
     * Reads a stream, which stays open.
     *
     * @param name what errors call it
     * @throws AnnotationException when it is no JSON object with {@code images}
     */
    static void read(InputStream bytes, String name, AnnotationSink sink) throws IOException {
        try (JsonParser in = JSON.createParser(new TextReader(bytes, name))) {
            in.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            new AnnotationReader(in, name, sink).file();
        } catch (StreamConstraintsException e) {
            throw new AnnotationException(name + ": holds more than is read: " + problem(e), e);
        } catch (JsonProcessingException e) {
            throw new AnnotationException(name + ": is not JSON: " + problem(e), e);
        } catch (TextException e) {
            throw new AnnotationException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The parser's words, without what it advises its programmers, and where. */
    private static String problem(JsonProcessingException e) {
        String words = e.getOriginalMessage()
                .replaceAll("\\s+", " ")
                .replaceAll(": enable `.*| \\(start marker at .*|, from `[^`]*`|: was expecting \\(JSON .*", "");
        JsonLocation at = e.getLocation();
        return at == null ? words : words + ", in line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private void file() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new AnnotationException(name + ": expected a JSON object with 'images' and 'annotations'");
        }
        boolean found = false;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String list = in.currentName();
            in.nextToken();
            if (list.equals(IMAGES) || list.equals(ANNOTATIONS)) {
                found |= list.equals(IMAGES);
                entries(list);
            } else {
                in.skipChildren();
            }
        }
        if (!found) {
            throw new AnnotationException(name + ": expected 'images', got none");
        }
        if (in.nextToken() != null) {
            throw new AnnotationException(name + ": expected one JSON object, got more behind it in line "
                    + in.currentLocation().getLineNr());
        }
    }

    private void entries(String list) throws IOException {
        sink.begin(list);
        if (list.equals(ANNOTATIONS) && in.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw new AnnotationException(name + ": '" + list + "': expected an array, got " + values.shown());
        }
        for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
            if (!entry.begin(list, i)) {
                continue;
            }
            if (list.equals(IMAGES)) {
                image(i);
            } else {
                annotation(i);
            }
        }
    }

    private void image(int index) throws IOException {
        String id = null;
        String fileName = null;
        String caption = null;
        Integer width = null;
        Integer height = null;
        List<CodePointSpan> negative = null;
        List<List<CodePointSpan>> eval = null;
        Map<String, @Nullable String> texts = new LinkedHashMap<>();
        for (String field = entry.nextField(); field != null; field = entry.nextField()) {
            switch (field) {
                case "id" -> id = entry.value(Kind.ENTRY, values::id);
                case "file_name" -> fileName = entry.value(Kind.ENTRY, values::text);
                case "caption" -> caption = entry.value(Kind.ENTRY, values::textOrNull);
                case "width" -> width = entry.value(Kind.ENTRY, values::size);
                case "height" -> height = entry.value(Kind.ENTRY, values::size);
                case "tokens_negative" -> negative = entry.value(Kind.FIELD, values::spans);
                case "tokens_positive_eval" -> eval = entry.value(Kind.SPAN, values::spanLists);
                case "dataset_name",
                        "original_id",
                        "data_source",
                        "original_img_id",
                        "sentence_id",
                        "task_id",
                        "questionId",
                        "answer",
                        "question_type" -> texts.put(field, entry.value(Kind.FIELD, values::scalar));
                default -> entry.skip();
            }
        }
        require(id, Kind.ENTRY, "id");
        require(fileName, Kind.ENTRY, "file_name");
        require(caption, Kind.CAPTION, "caption");
        require(width, Kind.ENTRY, "width");
        require(height, Kind.ENTRY, "height");
        boolean sound = entry.end(id, null);
        if (!sound || id == null || fileName == null || caption == null || width == null || height == null) {
            return;
        }
        String answer = texts.get("answer");
        sink.image(
                index,
                new CaptionedImage(
                        id,
                        fileName,
                        width,
                        height,
                        caption,
                        negative == null ? List.of() : negative,
                        eval == null ? List.of() : eval,
                        new CaptionedImage.Source(
                                texts.get("dataset_name"),
                                texts.get("original_id"),
                                texts.get("data_source"),
                                texts.get("original_img_id"),
                                texts.get("sentence_id"),
                                texts.get("task_id")),
                        answer == null
                                ? null
                                : new CaptionedImage.Question(
                                        texts.get("questionId"), answer, texts.get("question_type")),
                        List.of()));
    }

    private void require(@Nullable Object value, Kind kind, String field) {
        if (value == null) {
            entry.missing(kind, field);
        }
    }

    private void annotation(int index) throws IOException {
        String id = null;
        String image = null;
        float[] box = null;
        Float area = null;
        Boolean crowd = null;
        Boolean isFinal = null;
        List<CodePointSpan> positive = null;
        List<CodePointSpan> tokens = null;
        Segmentation segmentation = null;
        for (String field = entry.nextField(); field != null; field = entry.nextField()) {
            switch (field) {
                case "id" -> id = entry.value(Kind.FIELD, values::id);
                case "image_id" -> image = entry.value(Kind.ENTRY, values::id);
                case "bbox" -> box = entry.value(Kind.BOX, values::box);
                case "area" -> area = entry.value(Kind.FIELD, values::number);
                case "iscrowd" -> crowd = entry.value(Kind.FIELD, values::truth);
                case "isfinal" -> isFinal = entry.value(Kind.FIELD, values::truth);
                case "tokens_positive" -> positive = entry.value(Kind.SPAN, values::spans);
                case "tokens" -> tokens = entry.value(Kind.SPAN, values::spans);
                case "segmentation" -> segmentation = entry.value(Kind.FIELD, values::segmentation);
                default -> entry.skip();
            }
        }
        require(image, Kind.ENTRY, "image_id");
        if (box != null && box.length == 0) {
            entry.problem(Kind.NO_BOX, "has no box ('bbox' is empty); left out");
        } else if (box == null) {
            entry.missing(Kind.BOX, "bbox");
        }
        boolean sound = entry.end(image, id);
        if (!sound || image == null || box == null || box.length == 0) {
            return;
        }
        List<CodePointSpan> spans = tokens != null ? tokens : positive != null ? positive : List.of();
        sink.annotation(
                index,
                image,
                new Annotation(
                        id,
                        box[0],
                        box[1],
                        box[2],
                        box[3],
                        area == null ? 0 : area,
                        Boolean.TRUE.equals(crowd),
                        spans,
                        Boolean.TRUE.equals(isFinal),
                        segmentation));
    }
}
