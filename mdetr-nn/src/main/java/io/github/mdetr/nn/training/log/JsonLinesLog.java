package io.github.mdetr.nn.training.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of one JSON object a line: {@code {"step":50,"time":1700000000.25,"train/loss":12.5}}. JSON has no number for what is
 * not finite: {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"} stand for them.
 */
public final class JsonLinesLog implements MetricSink {
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final FileChannel channel;

    private JsonLinesLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Begins a file.
     *
     * @throws java.nio.file.FileAlreadyExistsException when it is there: a log is never overwritten
     */
    public static JsonLinesLog create(Path file) throws IOException {
        return new JsonLinesLog(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /**
     * Goes on with a file, which need not be there, of a training that resumes at a checkpoint: what was written after that
     * step is taken out, since it will be done again.
     *
     * @param step number of steps that the checkpoint has learned
     * @throws IOException also when the file holds other lines than such a log's, which {@link #repair} leaves out
     */
    public static JsonLinesLog resume(Path file, long step) throws IOException {
        if (!Files.exists(file)) {
            return create(file);
        }
        replace(file, read(file).stream().filter(m -> m.step() <= step).toList());
        return new JsonLinesLog(file, FileChannel.open(file, StandardOpenOption.APPEND));
    }

    /**
     * Leaves out the lines of a damaged file that cannot be read; the file with them is kept as {@code log-damaged.jsonl}
     * where this is {@code log.jsonl}.
     *
     * @return what is wrong with each of them; of a whole file, and where there is none, nothing
     */
    public static List<String> repair(Path file) throws IOException {
        List<String> problems = new ArrayList<>();
        if (Files.exists(file)) {
            List<Metrics> readable = read(file, problems);
            if (!problems.isEmpty()) {
                String name = file.getFileName().toString().replaceFirst("(\\.\\w+)?$", "-damaged$1");
                Files.copy(file, file.resolveSibling(name), StandardCopyOption.REPLACE_EXISTING);
                replace(file, readable);
            }
        }
        return problems;
    }

    private static void replace(Path file, List<Metrics> lines) throws IOException {
        Path kept = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel out = FileChannel.open(
                kept, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (Metrics m : lines) {
                LogFile.write(kept, out, line(m));
            }
            out.force(true);
        }
        Files.move(kept, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * All that a file holds, in its order. A last line that has no end is left out: the process died while it was written.
     *
     * @throws IOException when it cannot be read, or naming the line that is none of such a log
     */
    public static List<Metrics> read(Path file) throws IOException {
        List<String> problems = new ArrayList<>();
        List<Metrics> all = read(file, problems);
        if (!problems.isEmpty()) {
            throw new IOException(problems.get(0));
        }
        return all;
    }

    /** The last step in a file, damaged or not; 0 where there is none. */
    public static long lastStep(Path file) throws IOException {
        return Files.exists(file)
                ? read(file, new ArrayList<>()).stream()
                        .mapToLong(Metrics::step)
                        .max()
                        .orElse(0)
                : 0;
    }

    /** The lines that can be read, and what is wrong with the others. */
    private static List<Metrics> read(Path file, List<String> problems) throws IOException {
        List<Metrics> all = new ArrayList<>();
        // bytes that are no text make a line unreadable, not the file
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            boolean whole = endsWithNewline(file);
            String line = in.readLine();
            for (int number = 1; line != null; number++) {
                String next = in.readLine();
                if (next != null || whole) {
                    Metrics metrics = parse(line);
                    if (metrics == null) {
                        problems.add(
                                file + ": line " + number + ": expected a JSON object of numbers with step and time;"
                                        + " is it a training's log?");
                    } else {
                        all.add(metrics);
                    }
                }
                line = next;
            }
        }
        return all;
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
        }
    }

    @Override
    public void write(Metrics metrics) throws IOException {
        LogFile.write(file, channel, line(metrics)); // at once: whoever reads meanwhile sees whole lines
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static byte[] line(Metrics metrics) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField(Metrics.STEP, metrics.step());
            json.writeNumberField(Metrics.TIME, metrics.time());
            for (Map.Entry<String, Double> e : metrics.values().entrySet()) {
                if (Double.isFinite(e.getValue())) {
                    json.writeNumberField(e.getKey(), e.getValue());
                } else {
                    json.writeStringField(e.getKey(), e.getValue().toString());
                }
            }
            json.writeEndObject();
        }
        line.write('\n');
        return line.toByteArray();
    }

    /** Null where it is no line of a log. */
    private static @Nullable Metrics parse(String line) throws IOException {
        try (JsonParser json = JSON.createParser(line)) {
            Map<String, Double> values = new LinkedHashMap<>();
            if (json.nextToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    values.put(name, number(json));
                }
                Double step = values.remove(Metrics.STEP);
                Double time = values.remove(Metrics.TIME);
                boolean whole = json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
                if (whole && step != null && time != null && !values.containsValue(null)) {
                    return new Metrics(step.longValue(), time, values);
                }
            }
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        }
        return null;
    }

    private static @Nullable Double number(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_STRING -> Double.valueOf(json.getText());
            default -> null;
        };
    }
}
