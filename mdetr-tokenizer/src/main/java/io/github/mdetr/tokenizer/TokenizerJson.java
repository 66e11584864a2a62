package io.github.mdetr.tokenizer;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Hugging Face {@code tokenizer.json} that describes RoBERTa's tokenizer, and refuses any other: a setting that
 * was passed over would give other ids without a word.
 *
 * <p>{@code truncation} and {@code padding} are passed over on purpose; both are asked for at each call.
 */
final class TokenizerJson {
    private static final String EXPECTED = "RoBERTa's byte-level BPE";

    private final Path file;
    private final Vocabulary.Builder builder;
    private final List<AddedToken> addedTokens = new ArrayList<>();
    private final Map<String, @Nullable Object> settings = new HashMap<>();
    private boolean hasModel;

    private TokenizerJson(Path file) {
        this.file = file;
        this.builder = Vocabulary.builder(file.toString());
    }

    static TokenizerJson read(Path file) {
        return JsonSource.read(file, json -> new TokenizerJson(file).read(json));
    }

    private TokenizerJson read(JsonSource json) throws IOException {
        json.expect(JsonToken.START_OBJECT, "the tokenizer");
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.next();
            switch (name) {
                case "model" -> readModel(json);
                case "added_tokens" -> readAddedTokens(json);
                case "normalizer", "pre_tokenizer", "post_processor", "decoder" -> settings.put(name, json.settings());
                default -> json.skip();
            }
        }
        if (!hasModel) {
            throw new TokenizerException(
                    file + ": has no \"model\"; expected a Hugging Face tokenizer.json (a vocab.json"
                            + " is loaded by its directory, or together with its merges.txt)");
        }
        checkComponents();
        return this;
    }

    /** The tokens and merges, to which no added token has been added yet. */
    Vocabulary.Builder builder() {
        return builder;
    }

    List<AddedToken> addedTokens() {
        return addedTokens;
    }

    /** Whether the file says that a text is to begin with a space. */
    boolean addPrefixSpace() {
        return flag(component("pre_tokenizer", "ByteLevel"), "add_prefix_space");
    }

    private void readModel(JsonSource json) throws IOException {
        json.expect(JsonToken.START_OBJECT, "model");
        if (hasModel) {
            throw json.error("found a second \"model\"", "one");
        }
        boolean hasVocab = false;
        boolean hasMerges = false;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.next();
            switch (name) {
                case "type" -> {
                    String type = json.string("model.type");
                    if (!type.equals("BPE")) {
                        throw mismatch("model.type", TokenizerException.quote(type), "\"BPE\"");
                    }
                }
                case "vocab" -> {
                    json.expect(JsonToken.START_OBJECT, "model.vocab");
                    VocabularyFiles.readTokens(json, builder);
                    hasVocab = true;
                }
                case "merges" -> {
                    json.expect(JsonToken.START_ARRAY, "model.merges");
                    readMerges(json);
                    hasMerges = true;
                }
                case "dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges" -> {
                    // Each would change what BPE gives; RoBERTa has them all switched off.
                    Object value = json.settings();
                    if (value != null && !value.equals("") && !value.equals(false) && !value.equals(0.0)) {
                        throw mismatch("model." + name, describe(value), "it switched off");
                    }
                }
                default -> json.skip();
            }
        }
        if (!hasVocab || !hasMerges) {
            throw mismatch("model", "no " + (hasVocab ? "merges" : "vocab"), "the vocab and merges of a BPE model");
        }
        hasModel = true;
    }

    /** Reads merges in either form, {@code "a b"} or {@code ["a", "b"]}; the stream stands on the array's beginning. */
    private void readMerges(JsonSource json) throws IOException {
        while (json.nextElement()) {
            if (!json.isAt(JsonToken.START_ARRAY)) {
                String merge = json.string("a merge");
                if (!VocabularyFiles.addMerge(builder, merge)) {
                    throw json.error("merge " + TokenizerException.quote(merge), "two tokens with a space between");
                }
                continue;
            }
            List<String> parts = new ArrayList<>(2);
            while (json.nextElement()) {
                parts.add(json.string("a part of a merge"));
                if (parts.size() > 2) {
                    break;
                }
            }
            if (parts.size() != 2) {
                throw json.error("a merge of " + parts.size() + " tokens", "two");
            }
            builder.merge(parts.get(0), parts.get(1));
        }
    }

    private void readAddedTokens(JsonSource json) throws IOException {
        json.expect(JsonToken.START_ARRAY, "added_tokens");
        while (json.nextElement()) {
            json.expect(JsonToken.START_OBJECT, "an added token");
            String content = "";
            long id = -1;
            Map<String, Boolean> flags = new HashMap<>();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                json.next();
                switch (name) {
                    case "content" -> content = json.string("an added token's content");
                    case "id" -> id = json.integer("an added token's id");
                    case "single_word", "lstrip", "rstrip", "normalized", "special" ->
                        flags.put(name, json.isAt(JsonToken.VALUE_TRUE));
                    default -> json.skip();
                }
            }
            if (content.isEmpty() || id < 0 || id >= Vocabulary.MAX_SIZE) {
                throw json.error(
                        "an added token " + TokenizerException.quote(content) + " with id " + id,
                        "a content and an id below " + Vocabulary.MAX_SIZE);
            }
            addedTokens.add(new AddedToken(
                    content,
                    (int) id,
                    flags.getOrDefault("single_word", false),
                    flags.getOrDefault("lstrip", false),
                    flags.getOrDefault("rstrip", false),
                    flags.getOrDefault("normalized", false),
                    flags.getOrDefault("special", false)));
        }
    }

    /** Refuses what RoBERTa's tokenizer does not have, whichever class reads the file. */
    private void checkComponents() {
        Object normalizer = settings.get("normalizer");
        if (normalizer != null) {
            throw mismatch("normalizer", typeOf(normalizer), "none");
        }
        Map<?, ?> preTokenizer = component("pre_tokenizer", "ByteLevel");
        component("decoder", "ByteLevel");
        if (!flag(preTokenizer, "use_regex")) {
            throw mismatch("pre_tokenizer.use_regex", "false", "true");
        }
    }

    /** Checks that RoBERTa's tokens stand around a text, as they do for those who pass over the file's post-processor. */
    void checkRobertaAround() {
        Map<?, ?> postProcessor = component("post_processor", "RobertaProcessing");
        for (String name : List.of("cls", "sep")) {
            String token = specialToken(postProcessor, name);
            String expected = name.equals("cls") ? VocabularyFiles.BEGIN : VocabularyFiles.END;
            if (!token.equals(expected)) {
                throw mismatch("post_processor." + name, TokenizerException.quote(token), expected);
            }
        }
        if (!flag(postProcessor, "trim_offsets")) {
            throw mismatch("post_processor.trim_offsets", "false", "true");
        }
    }

    /** What the file states by itself, as {@code tokenizers} reads it, with the token that fills up a batch. */
    TokenizerDefinition asItIs(String pad) {
        if (builder.id(pad).isEmpty()) {
            throw mismatch("model.vocab", "without " + pad, "it among the tokens");
        }
        boolean prefix = addPrefixSpace();
        if (settings.get("post_processor") instanceof Map<?, ?> map && "TemplateProcessing".equals(map.get("type"))) {
            String[] around = template(map);
            return new TokenizerDefinition(builder.build(), prefix, false, false, around[0], around[1], pad);
        }
        Map<?, ?> postProcessor = component("post_processor", "RobertaProcessing");
        return new TokenizerDefinition(
                builder.build(),
                prefix,
                flag(postProcessor, "add_prefix_space"),
                flag(postProcessor, "trim_offsets"),
                specialToken(postProcessor, "cls"),
                specialToken(postProcessor, "sep"),
                pad);
    }

    /** The tokens before and after the text of a template that has one of each. */
    private String[] template(Map<?, ?> postProcessor) {
        if (postProcessor.get("single") instanceof List<?> single
                && single.size() == 3
                && part(single.get(1), "Sequence") != null) {
            String begin = part(single.get(0), "SpecialToken");
            String end = part(single.get(2), "SpecialToken");
            if (begin != null && end != null) {
                return new String[] {templateToken(postProcessor, begin), templateToken(postProcessor, end)};
            }
        }
        throw mismatch("post_processor.single", describe(postProcessor.get("single")), "a token, the text and a token");
    }

    private static @Nullable String part(@Nullable Object piece, String kind) {
        return piece instanceof Map<?, ?> map
                        && map.get(kind) instanceof Map<?, ?> inner
                        && inner.get("id") instanceof String id
                ? id
                : null;
    }

    private String templateToken(Map<?, ?> postProcessor, String name) {
        Object found = postProcessor.get("special_tokens") instanceof Map<?, ?> tokens ? tokens.get(name) : null;
        if (found instanceof Map<?, ?> token
                && token.get("ids") instanceof List<?> ids
                && ids.size() == 1
                && ids.get(0) instanceof Double id
                && id == builder.id(name).orElse(-1)) {
            return name;
        }
        throw mismatch(
                "post_processor.special_tokens", describe(found), "the one id of " + name + " in the vocabulary");
    }

    private Map<?, ?> component(String name, String expected) {
        Object found = settings.get(name);
        if (found instanceof Map<?, ?> map && expected.equals(map.get("type"))) {
            return map;
        }
        throw mismatch(name, typeOf(found), expected);
    }

    /** Every flag of these components is on where it is not given. */
    private static boolean flag(Map<?, ?> component, String name) {
        return !Boolean.FALSE.equals(component.get(name));
    }

    /** Returns the token of a {@code ["<s>", 0]} in the post-processor. */
    private String specialToken(Map<?, ?> postProcessor, String name) {
        Object found = postProcessor.get(name);
        if (found instanceof List<?> pair
                && pair.size() == 2
                && pair.get(0) instanceof String token
                && pair.get(1) instanceof Double id) {
            int known = builder.id(token).orElse(-1);
            if (known != id) {
                throw mismatch(
                        "post_processor." + name,
                        TokenizerException.quote(token) + " with id " + id.longValue(),
                        known < 0 ? "a token of the vocabulary" : "its id " + known);
            }
            return token;
        }
        throw mismatch("post_processor." + name, describe(found), "a token and its id");
    }

    private TokenizerException mismatch(String what, String found, String expected) {
        return new TokenizerException(
                file + ": " + what + " is " + found + "; expected " + expected + ", as in " + EXPECTED);
    }

    private static String typeOf(@Nullable Object component) {
        return component instanceof Map<?, ?> map && map.get("type") instanceof String type
                ? TokenizerException.quote(type)
                : describe(component);
    }

    private static String describe(@Nullable Object value) {
        return value == null ? "missing" : TokenizerException.quote(value.toString());
    }
}
