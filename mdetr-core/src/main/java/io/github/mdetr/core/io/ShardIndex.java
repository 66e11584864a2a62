package io.github.mdetr.core.io;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The index of a checkpoint in several files, by Hugging Face's libraries: a JSON object whose {@code weight_map} says which
 * file each tensor is in. Source: the documentation of transformers on sharded checkpoints.
 *
 * @param path the index
 * @param files the names of the tensors in each file, which is in the index's own folder
 */
record ShardIndex(Path path, Map<String, List<String>> files) {
    /** Its usual name where the files are safetensors. */
    static final String SAFETENSORS = "model.safetensors.index.json";

    private static final List<String> WHOLE = List.of("model.safetensors", "pytorch_model.bin");
    private static final String ANY = "*.index.json";
    private static final String WEIGHT_MAP = "weight_map";
    private static final int MAX_FILES = 1000;
    /** How the libraries name one file of several. */
    private static final Pattern SHARD = Pattern.compile(".+-(\\d{1,6})-of-(\\d{1,6})\\.[a-z]+");

    private static final String FIX = "give the index that was saved with its files";

    /** What a folder of that kind is opened by: its index, or the whole file of the usual name; null where there is neither. */
    static @Nullable Path inFolder(Path folder) throws IOException {
        Path usual = folder.resolve(SAFETENSORS);
        if (Files.isRegularFile(usual)) {
            return usual;
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> indices = Files.newDirectoryStream(folder, ANY)) {
            for (Path index : indices) {
                found.add(index);
                if (found.size() > 1) {
                    throw new CheckpointFormatException(
                            folder,
                            "checkpoint",
                            "a folder with one index",
                            found.get(0).getFileName() + " and " + index.getFileName(),
                            "give the path of the one that is meant");
                }
            }
        }
        if (found.isEmpty()) {
            WHOLE.stream()
                    .map(folder::resolve)
                    .filter(Files::isRegularFile)
                    .limit(1)
                    .forEach(found::add);
        }
        return found.isEmpty() ? null : found.get(0);
    }

    /** What to add to the name of a file that is one of several, given without its index; empty for any other. */
    static String hint(Path path) {
        Path name = path.getFileName();
        Matcher shard = SHARD.matcher(name == null ? "" : name.toString());
        if (!shard.matches() || Integer.parseInt(shard.group(2)) < 2) {
            return "";
        }
        return " (file " + Integer.parseInt(shard.group(1)) + " of " + Integer.parseInt(shard.group(2))
                + " of a checkpoint; give its index, such as " + SAFETENSORS + ", or the folder)";
    }

    /** Whether a file that begins like that may be an index. */
    static boolean mayBe(byte[] head) {
        return new String(head, StandardCharsets.ISO_8859_1).stripLeading().startsWith("{");
    }

    /** Reads an index; null where the file is JSON of another kind, or none. */
    static @Nullable ShardIndex read(CheckpointFile file) throws IOException {
        if (file.size() > SafeTensors.MAX_HEADER_BYTES) {
            return null;
        }
        String text = new String(file.readBytes(0, (int) file.size()), StandardCharsets.UTF_8);
        Map<String, List<String>> files = new LinkedHashMap<>();
        boolean found = false;
        try (JsonParser parser = Json.parser(CharBuffer.wrap(text.toCharArray()))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean map = parser.currentName().equals(WEIGHT_MAP);
                JsonToken value = parser.nextToken();
                if (!map || value != JsonToken.START_OBJECT) {
                    parser.skipChildren();
                    continue;
                }
                if (found) {
                    throw file.error("index", "one " + WEIGHT_MAP, "it twice", FIX);
                }
                found = true;
                readMap(file, parser, files);
            }
            if (found && parser.nextToken() != null) {
                throw file.error("index", "one JSON object", "more behind it", FIX);
            }
        } catch (JsonProcessingException e) {
            if (!found) {
                return null;
            }
            throw file.error("index", "well-formed JSON", Json.problem(e), FIX);
        }
        return found ? new ShardIndex(file.path(), files) : null;
    }

    private static void readMap(CheckpointFile file, JsonParser parser, Map<String, List<String>> files)
            throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String tensor = parser.currentName();
            String where = "index, tensor " + Excerpt.quote(tensor);
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw file.error(where, "the name of a file", Excerpt.quote(parser.getText()), FIX);
            }
            String name = parser.getText();
            if (!isPlain(name)) {
                throw file.error(where, "the name of a file in the index's own folder", Excerpt.quote(name), FIX);
            }
            files.computeIfAbsent(name, n -> new ArrayList<>()).add(tensor);
            if (files.size() > MAX_FILES) {
                throw file.error("index", "at most " + MAX_FILES + " files", "more", FIX);
            }
        }
    }

    private static boolean isPlain(String name) {
        return !name.isBlank()
                && name.length() <= 255
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    /** Where one of the files is. */
    Path resolve(String name) {
        return path.toAbsolutePath().resolveSibling(name);
    }
}
