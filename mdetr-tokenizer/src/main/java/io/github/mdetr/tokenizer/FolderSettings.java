package io.github.mdetr.tokenizer;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the files next to a vocabulary state: {@code tokenizer_config.json}, and where it lists no added tokens {@code
 * special_tokens_map.json} and {@code added_tokens.json}, with the precedence of {@code transformers}' {@code from_pretrained}.
 * A setting under which {@code transformers} would give other ids than are given here is refused; those that change no ids
 * are passed over.
 */
final class FolderSettings {
    static final String CONFIG = "tokenizer_config.json";
    static final String SPECIAL_TOKENS = "special_tokens_map.json";
    static final String ADDED_TOKENS = "added_tokens.json";

    /** The roles of special tokens in the order in which they are added, with RoBERTa's tokens. */
    static final Map<String, String> ROLES = roles();

    private static final String DECODER = "added_tokens_decoder";
    private static final String FURTHER = "extra_special_tokens";
    private static final String FURTHER_FORMERLY = "additional_special_tokens";
    private static final String ROLE_SUFFIX = "_token";

    /** BART's and Longformer's tokenizers are RoBERTa's under other names. */
    private static final Set<String> ROBERTA = Set.of(
            "RobertaTokenizer",
            "RobertaTokenizerFast",
            "BartTokenizer",
            "BartTokenizerFast",
            "LongformerTokenizer",
            "LongformerTokenizerFast");

    private static final Set<String> AS_IT_IS = Set.of("PreTrainedTokenizerFast", "TokenizersBackend");

    /** Which of transformers' classes reads the folder. */
    enum Kind {
        /** The folder does not say. */
        UNNAMED,
        /** One that builds RoBERTa's tokenizer from the tokens and merges, whatever else a tokenizer.json states. */
        ROBERTA,
        /** One that takes the tokenizer.json as it is. */
        AS_IT_IS
    }

    /** An added token that has no id yet, and the file and setting that it comes from. */
    record Special(AddedToken token, String source) {}

    /** No files but the vocabulary's own. */
    static final FolderSettings NONE = new FolderSettings(Path.of(""));

    private final Path folder;
    private final Map<String, @Nullable Special> named = new LinkedHashMap<>();
    private final List<Special> further = new ArrayList<>();
    private final TreeMap<Integer, Special> listed = new TreeMap<>();
    private Kind kind = Kind.UNNAMED;
    private @Nullable Boolean addPrefixSpace;
    private boolean trimOffsets = true;
    private boolean listsAll;

    private FolderSettings(Path folder) {
        this.folder = folder;
    }

    private static Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        roles.put("bos_token", VocabularyFiles.BEGIN);
        roles.put("eos_token", VocabularyFiles.END);
        roles.put("unk_token", VocabularyFiles.UNKNOWN);
        roles.put("sep_token", VocabularyFiles.END);
        roles.put("pad_token", VocabularyFiles.PAD);
        roles.put("cls_token", VocabularyFiles.BEGIN);
        roles.put("mask_token", VocabularyFiles.MASK);
        return roles;
    }

    /** Reads what of the three files is there. */
    static FolderSettings read(Path folder) {
        FolderSettings settings = new FolderSettings(folder);
        settings.readConfig(objectIn(folder.resolve(CONFIG)));
        if (!settings.listsAll) {
            settings.readSpecialTokens(objectIn(folder.resolve(SPECIAL_TOKENS)), folder.resolve(SPECIAL_TOKENS), true);
            settings.readAddedTokens(objectIn(folder.resolve(ADDED_TOKENS)));
        }
        return settings;
    }

    Kind kind() {
        return kind;
    }

    /** Whether the text is to begin with a space, or null where it is not said. */
    @Nullable
    Boolean addPrefixSpace() {
        return addPrefixSpace;
    }

    boolean trimOffsets() {
        return trimOffsets;
    }

    /** The special tokens that are stated, by role or a name of the model's own; null for a role that is to have none. */
    Map<String, @Nullable Special> named() {
        return named;
    }

    /** Special tokens without a name. */
    List<Special> further() {
        return further;
    }

    /** The added tokens by their ids. */
    Map<Integer, Special> listed() {
        return listed;
    }

    /** Whether {@link #listed} is all there is, and added tokens of a tokenizer.json are passed over. */
    boolean listsAll() {
        return listsAll;
    }

    /** The error for a setting of the configuration. */
    TokenizerException refused(String setting, String found, String expected) {
        return refused(folder.resolve(CONFIG), setting, found, expected);
    }

    private static TokenizerException refused(Path file, String setting, String found, String expected) {
        return new TokenizerException(file + ": " + setting + " is " + found + "; expected " + expected);
    }

    private static Map<String, @Nullable Object> objectIn(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        return JsonSource.read(file, json -> {
            json.expect(JsonToken.START_OBJECT, "the settings");
            return json.object();
        });
    }

    private void readConfig(Map<String, @Nullable Object> config) {
        Path file = folder.resolve(CONFIG);
        Object tokenizerClass = config.get("tokenizer_class");
        if (tokenizerClass instanceof String name && AS_IT_IS.contains(name)) {
            kind = Kind.AS_IT_IS;
        } else if (tokenizerClass instanceof String name && ROBERTA.contains(name)) {
            kind = Kind.ROBERTA;
        } else if (tokenizerClass != null) {
            throw refused("tokenizer_class", describe(tokenizerClass), "RobertaTokenizer, the only kind that is read");
        }
        if (config.get("auto_map") != null) {
            throw refused("auto_map", "given", "none: a tokenizer with code of its own is not read");
        }
        if (config.get("fast_tokenizer_files") != null) {
            throw refused("fast_tokenizer_files", "given", "none: of several tokenizer.json none is chosen");
        }
        expectUnless(config, "split_special_tokens", true, "false: special tokens in a text are always found");
        expectUnless(config, "padding_side", "left", "\"right\", the side on which texts are padded");
        expectUnless(config, "truncation_side", "left", "\"right\", the side on which texts are cut");
        addPrefixSpace = flag(config, "add_prefix_space");
        Boolean trim = flag(config, "trim_offsets");
        trimOffsets = trim == null || trim;
        Object decoder = config.get(DECODER);
        if (decoder != null) {
            listsAll = true;
            readDecoder(decoder, file);
        }
        readSpecialTokens(config, file, false);
    }

    private void expectUnless(Map<String, @Nullable Object> config, String name, Object wrong, String expected) {
        if (wrong.equals(config.get(name))) {
            throw refused(name, describe(wrong), expected);
        }
    }

    private @Nullable Boolean flag(Map<String, @Nullable Object> config, String name) {
        Object value = config.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw refused(name, describe(value), "true or false");
        }
        return (Boolean) value;
    }

    private void readDecoder(Object decoder, Path file) {
        if (!(decoder instanceof Map<?, ?> tokens)) {
            throw refused(DECODER, describe(decoder), "an object of ids with their tokens");
        }
        for (Map.Entry<?, ?> entry : tokens.entrySet()) {
            String key = String.valueOf(entry.getKey());
            String setting = DECODER + "." + key;
            if (!(entry.getValue() instanceof Map<?, ?>)) {
                throw refused(setting, describe(entry.getValue()), "an object with a content");
            }
            list(index(key, setting), token(entry.getValue(), setting, file, false), setting, file);
        }
    }

    private int index(String key, String setting) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0 && id < Vocabulary.MAX_SIZE) {
                return id;
            }
        } catch (NumberFormatException e) { // refused below
        }
        throw refused(setting, "no token's id", "an id from 0, below " + Vocabulary.MAX_SIZE);
    }

    private void list(int id, AddedToken token, String setting, Path file) {
        if (listed.put(id, new Special(token, file + ": " + setting)) != null) {
            throw refused(file, setting, "a second token of id " + id, "every id once");
        }
    }

    private void readAddedTokens(Map<String, @Nullable Object> tokens) {
        Path file = folder.resolve(ADDED_TOKENS);
        Set<String> specials = specialContents();
        for (Map.Entry<String, @Nullable Object> entry : tokens.entrySet()) {
            String content = entry.getKey();
            String setting = TokenizerException.quote(content);
            if (!(entry.getValue() instanceof Double id)
                    || id < 0
                    || id >= Vocabulary.MAX_SIZE
                    || id != Math.rint(id)
                    || content.isEmpty()) {
                throw refused(
                        file, setting, describe(entry.getValue()), "a token's id from 0, below " + Vocabulary.MAX_SIZE);
            }
            boolean special = specials.contains(content);
            list(
                    id.intValue(),
                    new AddedToken(content, id.intValue(), false, false, false, !special, special),
                    setting,
                    file);
        }
    }

    /** What the special tokens stated so far match, and RoBERTa's own for the roles of which nothing is stated. */
    private Set<String> specialContents() {
        Set<String> contents = new HashSet<>();
        named.values().forEach(special -> {
            if (special != null) {
                contents.add(special.token().content());
            }
        });
        ROLES.forEach((role, content) -> {
            if (!named.containsKey(role)) {
                contents.add(content);
            }
        });
        further.forEach(special -> contents.add(special.token().content()));
        return contents;
    }

    private void readSpecialTokens(Map<String, @Nullable Object> settings, Path file, boolean map) {
        for (Map.Entry<String, @Nullable Object> entry : settings.entrySet()) {
            String name = entry.getKey();
            Object value = entry.getValue();
            boolean role = ROLES.containsKey(name);
            if (name.equals(FURTHER) || name.equals(FURTHER_FORMERLY)) {
                readFurther(value, name, file, map);
            } else if (role && value == null) {
                named.put(name, null);
            } else if (role
                    || (name.endsWith(ROLE_SUFFIX) && (value instanceof String || value instanceof Map<?, ?>))) {
                named.put(name, new Special(token(value, name, file, map), file + ": " + name));
            }
        }
    }

    private void readFurther(@Nullable Object value, String name, Path file, boolean map) {
        if (value instanceof List<?> tokens) {
            for (Object token : tokens) {
                further.add(new Special(token(token, name, file, map), file + ": " + name));
            }
        } else if (value instanceof Map<?, ?> tokens) {
            for (Map.Entry<?, ?> token : tokens.entrySet()) {
                named.put(
                        name + "." + token.getKey(),
                        new Special(token(token.getValue(), name, file, map), file + ": " + name));
            }
        } else if (value != null) {
            throw refused(file, name, describe(value), "a list of special tokens");
        }
    }

    /** A token as a text or with its flags, not given an id yet; in a map of special tokens each of them is special. */
    private static AddedToken token(@Nullable Object value, String setting, Path file, boolean special) {
        if (value instanceof String content && !content.isEmpty()) {
            return AddedToken.special(content, AddedToken.NO_ID);
        }
        if (value instanceof Map<?, ?> fields
                && fields.get("content") instanceof String content
                && !content.isEmpty()) {
            boolean isSpecial = special || isOn(fields, "special", false, setting, file);
            return new AddedToken(
                    content,
                    AddedToken.NO_ID,
                    isOn(fields, "single_word", false, setting, file),
                    isOn(fields, "lstrip", false, setting, file),
                    isOn(fields, "rstrip", false, setting, file),
                    isOn(fields, "normalized", !isSpecial, setting, file),
                    isSpecial);
        }
        throw refused(file, setting, describe(value), "a text, or an object with a content");
    }

    private static boolean isOn(Map<?, ?> fields, String name, boolean otherwise, String setting, Path file) {
        Object value = fields.get(name);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean on) {
            return on;
        }
        throw refused(file, setting + "." + name, describe(value), "true or false");
    }

    private static String describe(@Nullable Object value) {
        if (value instanceof Boolean || value == null) {
            return String.valueOf(value);
        }
        if (value instanceof Map<?, ?>) {
            return "an object";
        }
        return value instanceof List<?> ? "an array" : TokenizerException.quote(value.toString());
    }
}
