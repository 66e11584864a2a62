package io.github.mdetr.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;

/**
 * Reads and writes RoBERTa's original pair of files: {@code vocab.json}, an object of tokens with their ids, and {@code
 * merges.txt}, a line of two tokens for each merge after a {@code #version} line.
 */
final class VocabularyFiles {
    static final String BEGIN = "<s>";
    static final String END = "</s>";
    static final String PAD = "<pad>";
    static final String UNKNOWN = "<unk>";
    static final String MASK = "<mask>";

    /** At most one in so many tokens is made by no merge: RoBERTa has 4 of 50265, some models a few hundred of their own. */
    private static final int UNMADE_SHARE = 10;

    /** In the order of RoBERTa's ids, from 0. */
    static final List<String> SPECIAL = List.of(BEGIN, PAD, END, UNKNOWN, MASK);

    private VocabularyFiles() {}

    /** Reads RoBERTa's tokens and merges, with nothing but its special tokens added. */
    static Vocabulary read(Path vocabJson, Path mergesTxt) {
        Vocabulary.Builder builder = readBuilder(vocabJson, mergesTxt);
        VocabularyFolder.addSpecialTokens(builder, FolderSettings.NONE, List.of(), vocabJson);
        return build(builder, mergesTxt);
    }

    /** Reads tokens and merges, to which no added token has been added yet. */
    static Vocabulary.Builder readBuilder(Path vocabJson, Path mergesTxt) {
        JsonSource.checkFile(mergesTxt);
        Vocabulary.Builder builder = new Vocabulary.Builder(vocabJson.toString(), mergesTxt.toString());
        JsonSource.read(vocabJson, json -> {
            json.expect(JsonToken.START_OBJECT, "the vocabulary");
            return readTokens(json, builder);
        });
        readMerges(mergesTxt, builder);
        return builder;
    }

    /** Builds a vocabulary of which the merges come from a file. */
    static Vocabulary build(Vocabulary.Builder builder, Path mergesTxt) {
        Vocabulary vocabulary = builder.build();
        checkMade(vocabulary, mergesTxt);
        return vocabulary;
    }

    /** Refuses merges that end early: every text would still get ids, and not those that the model knows. */
    private static void checkMade(Vocabulary vocabulary, Path mergesTxt) {
        BitSet made = new BitSet(vocabulary.size());
        for (int merge = 0; merge < vocabulary.mergeCount(); merge++) {
            made.set(vocabulary.mergeResult(merge));
        }
        vocabulary.addedTokens().forEach(token -> made.set(token.id()));
        int unmade = vocabulary.size() - ByteAlphabet.SIZE - made.cardinality();
        if (unmade > vocabulary.size() / UNMADE_SHARE) {
            throw new TokenizerException(mergesTxt + ": its " + vocabulary.mergeCount() + " merges make all but "
                    + unmade + " of the vocabulary's " + vocabulary.size()
                    + " tokens; expected the merges of the same tokenizer to the last; was the file cut off in a"
                    + " download?");
        }
    }

    /** Reads an object of tokens with their ids; the stream stands on its beginning. */
    static Vocabulary.Builder readTokens(JsonSource json, Vocabulary.Builder builder) throws IOException {
        String token = json.nextName();
        while (token != null) {
            json.next();
            long id = json.integer("a token's id");
            String following =
                    json.nextName(); // before the id is used: at the end of a cut file it may be half a number
            builder.token(token, id);
            token = following;
        }
        return builder;
    }

    private static void readMerges(Path mergesTxt, Vocabulary.Builder builder) {
        int number = 0;
        try (BufferedReader reader = TextReader.open(mergesTxt)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isEmpty() || line.startsWith("#version")) {
                    continue;
                }
                if (!addMerge(builder, line)) {
                    throw new TokenizerException(mergesTxt + ": line " + number + " is "
                            + TokenizerException.quote(line) + "; expected two tokens with a space between");
                }
            }
        } catch (IOException e) {
            throw JsonSource.unreadable(mergesTxt, e);
        }
    }

    /** Adds a merge written as two tokens with a space between them; returns false if it is not. */
    static boolean addMerge(Vocabulary.Builder builder, String line) {
        int space = line.indexOf(' ');
        if (space <= 0 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
            return false;
        }
        builder.merge(line.substring(0, space), line.substring(space + 1));
        return true;
    }

    /** Writes both files; each appears whole or not at all. */
    static void write(Vocabulary vocabulary, Path vocabJson, Path mergesTxt) throws IOException {
        StringWriter json = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
            out.writeStartObject();
            for (int id = 0; id < vocabulary.size(); id++) {
                out.writeNumberField(vocabulary.token(id), id);
            }
            out.writeEndObject();
        }
        StringBuilder merges = new StringBuilder("#version: 0.2\n");
        for (int merge = 0; merge < vocabulary.mergeCount(); merge++) {
            merges.append(vocabulary.token(vocabulary.mergeLeft(merge)))
                    .append(' ')
                    .append(vocabulary.token(vocabulary.mergeRight(merge)))
                    .append('\n');
        }
        replace(vocabJson, json.toString());
        replace(mergesTxt, merges.toString());
    }

    /** Writes a file, which appears whole or not at all. */
    static void replace(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "-" + UUID.randomUUID() + ".tmp");
        try {
            Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW);
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
