package io.github.mdetr.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mdetr.tokenizer.FolderSettings.Kind;
import io.github.mdetr.tokenizer.FolderSettings.Special;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder as {@code transformers} takes it: {@code tokenizer.json}, or else {@code vocab.json} and {@code merges.txt}, and
 * the settings next to them. {@code RobertaTokenizerFast} takes of a {@code tokenizer.json} its tokens, merges and added
 * tokens alone, and all else from the configuration; other classes take it as it is. Where no class is named the two must
 * agree.
 */
final class VocabularyFolder {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String VOCAB = "vocab.json";

    private VocabularyFolder() {}

    static TokenizerDefinition read(Path folder, TokenizerOptions options) {
        FolderSettings settings = FolderSettings.read(folder);
        Path json = folder.resolve(TOKENIZER);
        if (!Files.exists(json)) {
            if (settings.kind() == Kind.AS_IT_IS) {
                throw settings.refused(
                        "tokenizer_class",
                        "PreTrainedTokenizerFast, of which the folder lacks the " + TOKENIZER,
                        "RobertaTokenizer");
            }
            Path vocab = folder.resolve(VOCAB);
            Path merges = folder.resolve("merges.txt");
            Vocabulary.Builder builder = VocabularyFiles.readBuilder(vocab, merges);
            addSpecialTokens(builder, settings, List.of(), vocab);
            return define(VocabularyFiles.build(builder, merges), settings);
        }
        TokenizerJson file = TokenizerJson.read(json);
        if (settings.kind() == Kind.AS_IT_IS) {
            return asItIs(file, settings, json);
        }
        addSpecialTokens(file.builder(), settings, file.addedTokens(), json);
        if (settings.kind() == Kind.UNNAMED) {
            if (settings.addPrefixSpace() == null && !options.addPrefixSpace() && file.addPrefixSpace()) {
                throw new TokenizerException(
                        json + ": pre_tokenizer.add_prefix_space is true, which RobertaTokenizerFast"
                                + " passes over and other classes do not; expected a " + FolderSettings.CONFIG
                                + " next to it with"
                                + " add_prefix_space true or false; or load the file itself, as it is");
            }
            file.checkRobertaAround();
        }
        return define(file.builder().build(), settings);
    }

    private static TokenizerDefinition define(Vocabulary vocabulary, FolderSettings settings) {
        boolean prefix = Boolean.TRUE.equals(settings.addPrefixSpace());
        return new TokenizerDefinition(
                vocabulary,
                prefix,
                prefix,
                settings.trimOffsets(),
                content(settings, "cls_token"),
                content(settings, "sep_token"),
                content(settings, "pad_token"));
    }

    /** The token of a role, which may not be missing. */
    private static String content(FolderSettings settings, String role) {
        if (!settings.named().containsKey(role)) {
            return FolderSettings.ROLES.getOrDefault(role, "");
        }
        Special special = settings.named().get(role);
        if (special == null) {
            throw settings.refused(role, "null", "a token");
        }
        return special.token().content();
    }

    private static TokenizerDefinition asItIs(TokenizerJson file, FolderSettings settings, Path json) {
        Map<String, AddedToken> known = new LinkedHashMap<>();
        for (AddedToken token : file.addedTokens()) {
            file.builder().addedToken(token);
            known.put(token.content(), token);
        }
        for (Map.Entry<Integer, Special> entry : settings.listed().entrySet()) {
            AddedToken stated = entry.getValue()
                    .token()
                    .with(entry.getKey(), entry.getValue().token().special());
            AddedToken there = known.get(stated.content());
            if (there != null && !there.equals(stated)) {
                throw new TokenizerException(
                        entry.getValue().source() + " is " + TokenizerException.quote(stated.content()) + ", of which "
                                + json + " states another id or other flags; expected the two to agree");
            }
        }
        add(
                file.builder(),
                known.keySet(),
                listed(settings, List.of()),
                specials(settings, false),
                names(settings, false));
        String pad = settings.named().containsKey("pad_token") ? content(settings, "pad_token") : VocabularyFiles.PAD;
        if (file.builder().id(pad).isEmpty()) {
            throw settings.refused("pad_token", "not given", "the token that fills up a batch");
        }
        return file.asItIs(pad);
    }

    /**
     * Adds the tokens that {@code RobertaTokenizerFast} adds, in its order, so that those that the vocabulary lacks get the ids
     * that it gives them.
     *
     * @param listed added tokens of a {@code tokenizer.json}
     * @param vocabulary the file of the tokens, for errors
     */
    static void addSpecialTokens(
            Vocabulary.Builder builder, FolderSettings settings, List<AddedToken> listed, Path vocabulary) {
        Map<Integer, Special> all = listed(settings, listed);
        List<Special> specials = specials(settings, true);
        Set<String> known = new HashSet<>();
        all.values().forEach(s -> known.add(s.token().content()));
        List<String> missing = VocabularyFiles.SPECIAL.stream()
                .filter(c -> !known.contains(c) && builder.id(c).isEmpty())
                .filter(c -> specials.stream()
                        .anyMatch(
                                s -> s.source().isEmpty() && s.token().content().equals(c)))
                .toList();
        if (!missing.isEmpty()) {
            throw new TokenizerException(vocabulary + ": lacks " + String.join(", ", missing)
                    + "; expected the vocabulary of a RoBERTa model, which has all of "
                    + String.join(", ", VocabularyFiles.SPECIAL) + ", or a " + FolderSettings.CONFIG
                    + " that names others");
        }
        add(builder, Set.of(), all, specials, names(settings, true));
    }

    /** All added tokens that are listed, by id; those of a tokenizer.json go before {@code added_tokens.json}. */
    private static Map<Integer, Special> listed(FolderSettings settings, List<AddedToken> inJson) {
        TreeMap<Integer, Special> all = new TreeMap<>(settings.listed());
        if (!settings.listsAll()) {
            Set<Integer> seen = new HashSet<>();
            for (AddedToken token : inJson) {
                if (!seen.add(token.id())) {
                    throw new TokenizerException("added_tokens of " + TOKENIZER + " give the id " + token.id()
                            + " to two tokens; expected every id once");
                }
                all.put(token.id(), new Special(token, TOKENIZER + ": added_tokens"));
            }
        }
        return all;
    }

    /** Special tokens in the order in which they are added; RoBERTa's own, where nothing is stated, have no source. */
    private static List<Special> specials(FolderSettings settings, boolean withDefaults) {
        List<Special> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<@Nullable Special> candidates = new ArrayList<>();
        FolderSettings.ROLES.forEach((role, content) -> {
            if (settings.named().containsKey(role)) {
                candidates.add(settings.named().get(role));
            } else if (withDefaults) {
                candidates.add(new Special(AddedToken.special(content, AddedToken.NO_ID), ""));
            }
        });
        settings.named().forEach((name, special) -> {
            if (!FolderSettings.ROLES.containsKey(name)) {
                candidates.add(special);
            }
        });
        candidates.addAll(settings.further());
        for (Special special : candidates) {
            if (special != null && seen.add(special.token().content())) {
                all.add(special);
            }
        }
        return all;
    }

    /** The tokens with a role or a name, which are special whatever their flags say. */
    private static Set<String> names(FolderSettings settings, boolean withDefaults) {
        Set<String> names = new HashSet<>();
        settings.named().values().forEach(s -> {
            if (s != null) {
                names.add(s.token().content());
            }
        });
        if (withDefaults) {
            FolderSettings.ROLES.forEach((role, content) -> {
                if (!settings.named().containsKey(role)) {
                    names.add(content);
                }
            });
        }
        return names;
    }

    /** Adds listed tokens, which must get the ids that they are listed with, and then special ones that are not among them. */
    private static void add(
            Vocabulary.Builder builder,
            Set<String> there,
            Map<Integer, Special> listed,
            List<Special> specials,
            Set<String> named) {
        Set<String> added = new HashSet<>(there);
        for (Map.Entry<Integer, Special> entry : listed.entrySet()) {
            AddedToken token = entry.getValue().token();
            if (there.contains(token.content())) {
                continue;
            }
            OptionalInt inVocabulary = builder.id(token.content());
            int id = inVocabulary.orElse(builder.end());
            if (id != entry.getKey() || !added.add(token.content())) {
                throw new TokenizerException(entry.getValue().source() + " gives "
                        + TokenizerException.quote(token.content())
                        + " the id " + entry.getKey() + "; expected "
                        + (inVocabulary.isPresent() ? "the one that the vocabulary gives it, " : "the next free id, ")
                        + id);
            }
            builder.addedToken(token.with(id, token.special() || named.contains(token.content())));
        }
        for (Special special : specials) {
            AddedToken token = special.token();
            if (added.add(token.content())) {
                builder.addedToken(token.with(
                        builder.id(token.content()).orElse(builder.end()),
                        token.special() || named.contains(token.content())));
            }
        }
    }

    /** Writes a folder from which {@link #read} gives the same definition. */
    static void write(TokenizerDefinition definition, Path folder) throws IOException {
        if (definition.trimOffsets() && definition.addPrefixSpace() != definition.keepFirstSpace()) {
            throw new TokenizerException(
                    "the tokenizer's post-processor and pre-tokenizer have another add_prefix_space each;"
                            + " expected the same, to be written as " + FolderSettings.CONFIG);
        }
        definition.vocabulary().save(folder);
        Path config = folder.resolve(FolderSettings.CONFIG);
        if (isRobertas(definition)) {
            Files.deleteIfExists(config); // of a tokenizer that was here before
        } else {
            VocabularyFiles.replace(config, config(definition));
        }
    }

    /** Whether tokens and merges alone say all. */
    private static boolean isRobertas(TokenizerDefinition definition) {
        Vocabulary vocabulary = definition.vocabulary();
        Set<AddedToken> own = new HashSet<>();
        VocabularyFiles.SPECIAL.forEach(c -> vocabulary.id(c).ifPresent(id -> own.add(AddedToken.special(c, id))));
        return own.size() == VocabularyFiles.SPECIAL.size()
                && own.equals(new HashSet<>(vocabulary.addedTokens()))
                && definition.equals(TokenizerDefinition.of(vocabulary));
    }

    private static String config(TokenizerDefinition definition) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("tokenizer_class", "RobertaTokenizer");
            json.writeBooleanField("add_prefix_space", definition.addPrefixSpace());
            json.writeBooleanField("trim_offsets", definition.trimOffsets());
            for (String role : FolderSettings.ROLES.keySet()) {
                switch (role) {
                    case "bos_token", "cls_token" -> json.writeStringField(role, definition.begin());
                    case "eos_token", "sep_token" -> json.writeStringField(role, definition.end());
                    case "pad_token" -> json.writeStringField(role, definition.pad());
                    default -> json.writeNullField(role); // its token is listed below
                }
            }
            json.writeObjectFieldStart("added_tokens_decoder");
            for (AddedToken token : definition.vocabulary().addedTokens()) {
                json.writeObjectFieldStart(String.valueOf(token.id()));
                json.writeStringField("content", token.content());
                json.writeBooleanField("single_word", token.singleWord());
                json.writeBooleanField("lstrip", token.lstrip());
                json.writeBooleanField("rstrip", token.rstrip());
                json.writeBooleanField("normalized", token.normalized());
                json.writeBooleanField("special", token.special());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }
}
