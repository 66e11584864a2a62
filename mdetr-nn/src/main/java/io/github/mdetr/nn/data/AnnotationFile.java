package io.github.mdetr.nn.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Annotations in the published format: COCO's JSON, each entry of {@code images} with a {@code caption}, each of
 * {@code annotations} with {@code tokens_positive} (or {@code tokens}, which wins). Read as a stream, so that memory goes to
 * what is kept and not to the text. What a field means stands at {@link CaptionedImage} and {@link Annotation}; fields that
 * the format does not know are passed over.
 *
 * @param images in the file's order
 */
public record AnnotationFile(List<CaptionedImage> images) {
    /** Copies the list. */
    public AnnotationFile {
        images = List.copyOf(images);
    }

    /**
     * Reads a file.
     *
     * @throws AnnotationException when it is not in the format, naming the entry
     * @throws IOException when it cannot be read
     */
    public static AnnotationFile read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new AnnotationException(file + ": is a folder, expected a file of annotations");
        }
        try (InputStream bytes = Files.newInputStream(file)) {
            return read(bytes, file.toString());
        }
    }

    /**
     * Reads a stream, which stays open.
     *
     * @param name what errors call it
     * @throws AnnotationException when it is not in the format, naming the entry
     * @throws IOException when it cannot be read
     */
    public static AnnotationFile read(InputStream bytes, String name) throws IOException {
        JsonFactory json = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // a file's names are not the process's to keep
                .build();
        try (JsonParser in = json.createParser(bytes)) {
            in.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            return new Reading(in, name).read();
        } catch (JsonProcessingException e) {
            throw new AnnotationException(name + ": is not JSON: " + problem(e), e);
        } catch (CharConversionException e) { // bytes that look like UTF-32 and are not
            throw new AnnotationException(name + ": is not JSON: " + e.getMessage(), e);
        }
    }

    /** The parser's words, without what it advises its programmers, and where. */
    private static String problem(JsonProcessingException e) {
        String words =
                e.getOriginalMessage().replaceAll("\\s+", " ").replaceAll(": enable `.*| \\(start marker at .*", "");
        JsonLocation at = e.getLocation();
        return at == null ? words : words + ", in line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    private static final class Reading {
        private final JsonParser in;
        private final String name;
        private final EntryReader entry;
        private final Map<Long, CaptionedImage> images = new LinkedHashMap<>();
        private final Map<Long, List<Annotation>> annotations = new LinkedHashMap<>();

        private Reading(JsonParser in, String name) {
            this.in = in;
            this.name = name;
            this.entry = new EntryReader(in, name);
        }

        private AnnotationFile read() throws IOException {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new AnnotationException(name + ": expected a JSON object with 'images' and 'annotations'");
            }
            boolean found = false;
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String list = in.currentName();
                in.nextToken();
                if (list.equals("images") || list.equals("annotations")) {
                    found |= list.equals("images");
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
            for (Map.Entry<Long, List<Annotation>> ofImage : annotations.entrySet()) {
                if (!images.containsKey(ofImage.getKey())) {
                    throw new AnnotationException(
                            name + ": annotation " + ofImage.getValue().get(0).id()
                                    + ": image_id: expected the id of one" + " of 'images', got " + ofImage.getKey());
                }
            }
            return new AnnotationFile(
                    images.values().stream().map(this::annotated).toList());
        }

        private void entries(String list) throws IOException {
            if (in.currentToken() != JsonToken.START_ARRAY) {
                throw new AnnotationException(name + ": '" + list + "': expected an array");
            }
            for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
                entry.begin(list + "[" + i + "]");
                if (list.equals("images")) {
                    image();
                } else {
                    annotation();
                }
            }
        }

        private void image() throws IOException {
            Long id = null;
            String fileName = null;
            String caption = null;
            int width = 0;
            int height = 0;
            List<CodePointSpan> negative = List.of();
            List<List<CodePointSpan>> eval = List.of();
            Map<String, @Nullable String> texts = new LinkedHashMap<>();
            for (String field = entry.nextField(); field != null; field = entry.nextField()) {
                switch (field) {
                    case "id" -> id = entry.integer();
                    case "file_name" -> fileName = entry.text();
                    case "caption" -> caption = entry.text();
                    case "width" -> width = entry.size();
                    case "height" -> height = entry.size();
                    case "tokens_negative" -> negative = entry.spans();
                    case "tokens_positive_eval" -> eval = entry.spanLists();
                    case "dataset_name",
                            "original_id",
                            "data_source",
                            "original_img_id",
                            "sentence_id",
                            "task_id",
                            "questionId",
                            "answer",
                            "question_type" -> texts.put(field, entry.scalar());
                    default -> entry.skip();
                }
            }
            if (id == null) {
                throw entry.missing("id");
            }
            if (fileName == null) {
                throw entry.missing("file_name");
            }
            if (caption == null) {
                throw entry.missing("caption");
            }
            if (width == 0 || height == 0) {
                throw entry.missing(width == 0 ? "width" : "height");
            }
            String answer = texts.get("answer");
            CaptionedImage image = new CaptionedImage(
                    id,
                    fileName,
                    width,
                    height,
                    caption,
                    negative,
                    eval,
                    new CaptionedImage.Source(
                            texts.get("dataset_name"),
                            texts.get("original_id"),
                            texts.get("data_source"),
                            texts.get("original_img_id"),
                            texts.get("sentence_id"),
                            texts.get("task_id")),
                    answer == null
                            ? null
                            : new CaptionedImage.Question(texts.get("questionId"), answer, texts.get("question_type")),
                    List.of());
            if (images.put(id, image) != null) {
                throw entry.error("an id of its own", "id " + id + " again");
            }
        }

        private void annotation() throws IOException {
            long id = 0;
            Long image = null;
            float[] box = null;
            float area = 0;
            boolean crowd = false;
            boolean isFinal = false;
            List<CodePointSpan> positive = List.of();
            List<CodePointSpan> tokens = null;
            Segmentation segmentation = null;
            for (String field = entry.nextField(); field != null; field = entry.nextField()) {
                switch (field) {
                    case "id" -> id = entry.integer();
                    case "image_id" -> image = entry.integer();
                    case "bbox" -> box = entry.numbers(4, "[x, y, width, height]");
                    case "area" -> area = entry.number();
                    case "iscrowd" -> crowd = entry.truth();
                    case "isfinal" -> isFinal = entry.truth();
                    case "tokens_positive" -> positive = entry.spans();
                    case "tokens" -> tokens = entry.spans();
                    case "segmentation" -> segmentation = entry.segmentation();
                    default -> entry.skip();
                }
            }
            if (image == null) {
                throw entry.missing("image_id");
            }
            if (box == null) {
                throw entry.missing("bbox");
            }
            annotations
                    .computeIfAbsent(image, i -> new ArrayList<>())
                    .add(new Annotation(
                            id,
                            box[0],
                            box[1],
                            box[2],
                            box[3],
                            area,
                            crowd,
                            tokens == null ? positive : tokens,
                            isFinal,
                            segmentation));
        }

        private CaptionedImage annotated(CaptionedImage i) {
            return new CaptionedImage(
                    i.id(),
                    i.fileName(),
                    i.width(),
                    i.height(),
                    i.caption(),
                    i.tokensNegative(),
                    i.tokensPositiveEval(),
                    i.source(),
                    i.question(),
                    annotations.getOrDefault(i.id(), List.of()));
        }
    }
}
