package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.examples.json.JsonProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run began with: version, seed, arithmetic, options, hashes of what it learns from. */
final class RunRecord {
    static final String FILE = "run.json";
    private static final String DATA = "data_sha256";
    private static final String ARITHMETIC = "arithmetic";

    private RunRecord() {}

    /**
     * Writes it.
     *
     * @param options with what follows from those that were given
     * @param hashes of each file of annotations, or of the world
     * @param arithmetic as {@link Arithmetic#of} tells
     */
    static void write(Path folder, TrainOptions options, List<String> hashes, String arithmetic) throws IOException {
        String text = JsonLine.write(true, json -> {
            json.writeStringField("version", Version.text());
            json.writeStringField(
                    "started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            json.writeNumberField("seed", options.seed);
            json.writeStringField(ARITHMETIC, arithmetic);
            json.writeArrayFieldStart(DATA);
            for (String hash : hashes) {
                json.writeString(hash);
            }
            json.writeEndArray();
            if (options.weights != null) {
                json.writeStringField("weights_sha256", RunFolder.hash(options.weights));
            }
            json.writeFieldName("options");
            json.writeRawValue(TrainConfigFile.text(options));
        });
        RunFolder.write(folder.resolve(FILE), text);
    }

    /**
     * Checks that a run that goes on sees what it saw; one without a record is taken at its word.
     *
     * @throws IllegalArgumentException naming what has changed
     */
    static void check(Path folder, TrainOptions options, List<String> hashes) throws IOException {
        if (!Files.exists(folder.resolve(FILE))) {
            return;
        }
        List<String> was = texts(folder, DATA);
        for (int i = 0; i < hashes.size(); i++) {
            if (i >= was.size() || !was.get(i).equals(hashes.get(i))) {
                throw new IllegalArgumentException(
                        options.world
                                ? "--world: this version of mdetr makes other scenes or captions than the run began with;"
                                        + " go on with that version, or start another run"
                                : options.data.get(i)
                                        + ": is not what the run began with; put the file back, or start another run");
            }
        }
    }

    /** What its first steps were computed by; null where nothing tells. */
    static @Nullable String arithmetic(Path folder) throws IOException {
        List<String> texts = Files.exists(folder.resolve(FILE)) ? texts(folder, ARITHMETIC) : List.of();
        return texts.isEmpty() ? null : texts.get(0);
    }

    /** The texts of a field, or of its array. */
    private static List<String> texts(Path folder, String name) throws IOException {
        List<String> texts = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(Files.readString(folder.resolve(FILE)))) {
            for (JsonToken t = json.nextToken(); t != null; t = json.nextToken()) {
                JsonStreamContext at = json.getParsingContext();
                JsonStreamContext named = at.inArray() ? at.getParent() : at;
                if (t == JsonToken.VALUE_STRING && name.equals(named.getCurrentName())) {
                    texts.add(json.getText());
                }
            }
        } catch (JsonProcessingException e) {
            throw new IOException("no JSON: " + JsonProblem.of(e), e);
        }
        return texts;
    }
}
