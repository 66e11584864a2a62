package io.github.mdetr.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.examples.json.JsonProblem;
import io.github.mdetr.tokenizer.TextReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a training as a JSON object: {@code {"epochs": 5, "data": ["a.json", "b.json"]}}. */
final class TrainConfigFile {
    private TrainConfigFile() {}

    /** Sets what the file says and the command line does not. */
    static void apply(Path file, CommandLine command) throws IOException {
        apply(file, words(file), command);
    }

    /** The same of what {@link #words} read. */
    static void apply(Path file, List<String> words, CommandLine command) {
        CommandLine said = new CommandLine(new TrainOptions())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, Main::path)
                .setTrimQuotes(false);
        try {
            said.parseArgs(words.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(file + ": " + ErrorReport.describe(e), e);
        }
        for (OptionSpec option : said.getCommandSpec().options()) {
            String name = option.longestName();
            if (said.getParseResult().hasMatchedOption(name)
                    && !command.getParseResult().hasMatchedOption(name)) {
                command.getCommandSpec().findOption(name).setValue(option.getValue());
            }
        }
    }

    /** Names of the options on the command line that a configuration holds. */
    static Set<String> given(CommandLine command) {
        Set<String> names = new TreeSet<>();
        for (OptionSpec option :
                CommandSpec.forAnnotatedObject(new TrainOptions()).options()) {
            if (command.getParseResult().hasMatchedOption(option.longestName())) {
                names.add(option.longestName());
            }
        }
        return names;
    }

    /**
     * The options of a file as the command line has them, such as {@code --epochs=3}.
     *
     * @throws IllegalArgumentException where it is no such file
     */
    static List<String> words(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": is a folder, expected a file of options");
        }
        StringWriter text = new StringWriter();
        try (Reader in = TextReader.open(file)) {
            in.transferTo(text);
        }
        return words(file, text.toString());
    }

    /** The same of a file's text. */
    static List<String> words(Path file, String text) throws IOException {
        CommandSpec spec = CommandSpec.forAnnotatedObject(new TrainOptions());
        List<String> words = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(file + ": expected a JSON object of options, got something else");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (spec.findOption("--" + name) == null) {
                    throw new IllegalArgumentException(
                            file + ": there is no option '" + name + "'; mdetr train --help lists them");
                }
                boolean several = json.nextToken() == JsonToken.START_ARRAY;
                do {
                    JsonToken value = several ? json.nextToken() : json.currentToken();
                    if (value == JsonToken.END_ARRAY) {
                        break;
                    }
                    if (!value.isScalarValue()) {
                        throw new IllegalArgumentException(
                                file + ": " + name + ": expected a text, a number, true, false"
                                        + " or an array of them, got an object or an array in an array");
                    }
                    if (value != JsonToken.VALUE_NULL) {
                        words.add("--" + name + "=" + json.getText());
                    }
                } while (several);
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException(file + ": expected one JSON object, got more behind it in line "
                        + json.currentLocation().getLineNr());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": is no JSON: " + JsonProblem.of(e), e);
        }
        return words;
    }

    /** All that is set, with absolute paths: what {@link #apply} reads anywhere. */
    static String text(TrainOptions options) throws IOException {
        List<OptionSpec> all = CommandSpec.forAnnotatedObject(options).options();
        return JsonLine.write(true, json -> {
            for (OptionSpec option : all) {
                Object value = option.getValue();
                if (value == null || value.equals(List.of())) {
                    continue;
                }
                json.writeFieldName(option.longestName().substring(2));
                if (value instanceof List<?> list) {
                    json.writeStartArray();
                    for (Object item : list) {
                        write(json, item);
                    }
                    json.writeEndArray();
                } else {
                    write(json, value);
                }
            }
        });
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Boolean b) {
            json.writeBoolean(b);
        } else if (value instanceof Number n) {
            json.writeNumber(n.toString());
        } else if (value instanceof Path p) {
            json.writeString(p.toAbsolutePath().normalize().toString());
        } else {
            json.writeString(value instanceof Enum<?> e ? e.name().toLowerCase(Locale.ROOT) : value.toString());
        }
    }
}
