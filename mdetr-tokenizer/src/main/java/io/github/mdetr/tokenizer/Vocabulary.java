package io.github.mdetr.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a byte-level BPE, the merges that make them, and the tokens found in text as written. Immutable and
 * consistent: ids are 0 to size − 1, every byte has its token, and every merge joins two tokens to a third.
 *
 * <p>Tokens are written in the byte alphabet of the vocabulary files, in which {@code Ġdog} is {@code " dog"}.
 */
public final class Vocabulary {
    /** The most tokens, and the most merges, of a vocabulary; far above any in use (250,000). */
    public static final int MAX_SIZE = 1 << 20;

    /** The most chars of one token; far above any in use (128). */
    public static final int MAX_TOKEN_LENGTH = 4096;

    /** The most chars of all added tokens together. */
    public static final int MAX_ADDED_LENGTH = 1 << 18;

    private final String[] tokens;
    private final Map<String, Integer> ids;
    /** Left, right and resulting token of each merge. */
    private final int[] merges;

    private final MergeTable mergeTable;
    private final List<AddedToken> addedTokens;

    private Vocabulary(Vocabulary other, List<AddedToken> addedTokens) {
        this.tokens = other.tokens;
        this.ids = other.ids;
        this.merges = other.merges;
        this.mergeTable = other.mergeTable;
        this.addedTokens = addedTokens;
    }

    private Vocabulary(Builder builder, String[] tokens) {
        this.tokens = tokens;
        this.ids =
                new HashMap<>(builder.ids); // not Map.copyOf, which takes quadratic time for hashes chosen to be equal
        this.merges = new int[3 * builder.mergeCount()];
        this.mergeTable = new MergeTable(builder.mergeCount());
        this.addedTokens = List.copyOf(builder.addedTokens.values());
        for (int rank = 0; rank < mergeCount(); rank++) {
            builder.resolveMerge(rank, merges);
            if (!mergeTable.add(mergeLeft(rank), mergeRight(rank), rank, mergeResult(rank))) {
                throw builder.mergeError(rank, "is listed a second time", "every merge once");
            }
        }
    }

    /** Begins a vocabulary; {@code source} names it in errors. */
    public static Builder builder(String source) {
        return new Builder(source, source);
    }

    /** Returns the number of tokens. */
    public int size() {
        return tokens.length;
    }

    /**
     * Returns a token as the vocabulary writes it.
     *
     * @throws IndexOutOfBoundsException unless {@code 0 <= id < size()}
     */
    public String token(int id) {
        if (id < 0 || id >= tokens.length) {
            throw new IndexOutOfBoundsException(
                    "token id " + id + " is outside the vocabulary, which has ids 0 to " + (tokens.length - 1));
        }
        return tokens[id];
    }

    /** Returns the id of a token as the vocabulary writes it. */
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Returns the number of merges. */
    public int mergeCount() {
        return merges.length / 3;
    }

    /** Returns the left token of a merge; merges are counted from the one that comes first. */
    public int mergeLeft(int merge) {
        return merges[3 * merge];
    }

    /** Returns the right token of a merge. */
    public int mergeRight(int merge) {
        return merges[3 * merge + 1];
    }

    /** Returns the token that a merge makes. */
    public int mergeResult(int merge) {
        return merges[3 * merge + 2];
    }

    /**
     * Writes {@code vocab.json} and {@code merges.txt}, from which {@link RobertaTokenizer#load(Path)} makes a tokenizer of
     * these tokens; flags of added tokens have no place in them. Files that are there are replaced, one after the other.
     *
     * @param folder made where it is missing
     * @throws IOException if a file cannot be written
     */
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        VocabularyFiles.write(this, folder.resolve("vocab.json"), folder.resolve("merges.txt"));
    }

    /** Returns this vocabulary with {@code lstrip} set for an added token. */
    Vocabulary withLstrip(String content) {
        return new Vocabulary(
                this,
                addedTokens.stream()
                        .map(t -> t.content().equals(content) ? t.withLstrip(true) : t)
                        .toList());
    }

    MergeTable mergeTable() {
        return mergeTable;
    }

    /** Returns the tokens that are found in text as written. */
    public List<AddedToken> addedTokens() {
        return addedTokens;
    }

    /** Collects tokens and merges in any order, for one vocabulary; {@link #build} checks that they fit together. */
    public static final class Builder {
        private final String source;
        private final String mergesSource;
        private final Map<String, Integer> ids = new HashMap<>();
        private final List<String> mergeParts = new ArrayList<>();
        private final Map<Integer, AddedToken> addedTokens = new LinkedHashMap<>();
        private @Nullable String[] tokens = new @Nullable String[1024];
        private int end;
        private int addedLength;

        Builder(String source, String mergesSource) {
            this.source = source;
            this.mergesSource = mergesSource;
        }

        /**
         * Adds a token.
         *
         * @throws TokenizerException if the token or the id is taken, or out of range
         */
        public Builder token(String token, long id) {
            if (token.isEmpty() || token.length() > MAX_TOKEN_LENGTH) {
                throw error(
                        "token " + TokenizerException.quote(token) + " (id " + id + ") has " + token.length()
                                + " chars",
                        "1 to " + MAX_TOKEN_LENGTH);
            }
            if (Utf8.unpairedSurrogate(token) >= 0) {
                throw error("token " + TokenizerException.quote(token) + " has an unpaired surrogate", "Unicode text");
            }
            if (id < 0 || id >= MAX_SIZE) {
                throw error(
                        "token " + TokenizerException.quote(token) + " has id " + id,
                        "ids without holes from 0, below " + MAX_SIZE);
            }
            int index = (int) id;
            Integer taken = ids.putIfAbsent(token, index);
            if (taken != null) {
                throw error(
                        "token " + TokenizerException.quote(token) + " has two ids, " + taken + " and " + id,
                        "every token once");
            }
            if (index >= tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.max(index + 1, 2 * tokens.length));
            }
            String holder = tokens[index];
            if (holder != null) {
                throw error(
                        "id " + id + " stands for both " + TokenizerException.quote(holder) + " and "
                                + TokenizerException.quote(token),
                        "every id once");
            }
            tokens[index] = token;
            end = Math.max(end, index + 1);
            return this;
        }

        /** Adds the next merge; earlier ones are applied first. */
        public Builder merge(String left, String right) {
            if (mergeParts.size() == 2 * MAX_SIZE) {
                throw new TokenizerException(
                        mergesSource + ": found more merges than " + MAX_SIZE + ", the most that are read");
            }
            mergeParts.add(left);
            mergeParts.add(right);
            return this;
        }

        /**
         * Adds a token that is found in text as written; to the vocabulary too if it is not there yet.
         *
         * @throws TokenizerException if the vocabulary has another id for it, or another token at its id
         */
        public Builder addedToken(AddedToken token) {
            Integer id = ids.get(token.content());
            if (id == null) {
                token(token.content(), token.id());
            } else if (id != token.id()) {
                throw error(
                        "added token " + TokenizerException.quote(token.content()) + " has id " + token.id(),
                        "the one that the vocabulary gives it, " + id);
            }
            if (addedTokens.putIfAbsent(token.id(), token) != null) {
                throw error(
                        "added token " + TokenizerException.quote(token.content()) + " is listed twice",
                        "every token once");
            }
            addedLength += token.content().length();
            if (addedLength > MAX_ADDED_LENGTH) {
                throw error("the added tokens have more than " + MAX_ADDED_LENGTH + " chars together", "a few tokens");
            }
            return this;
        }

        /** Returns the id behind the largest so far. */
        int end() {
            return end;
        }

        /** Returns the id of a token added so far. */
        OptionalInt id(String token) {
            Integer id = ids.get(token);
            return id == null ? OptionalInt.empty() : OptionalInt.of(id);
        }

        /**
         * Checks that everything fits together.
         *
         * @throws TokenizerException naming the first id, byte or merge that does not
         */
        public Vocabulary build() {
            String[] all = new String[end];
            for (int id = 0; id < end; id++) {
                String token = tokens[id];
                if (token == null) {
                    throw error("no token has id " + id + ", the largest is " + (end - 1), "ids without holes from 0");
                }
                all[id] = token;
            }
            for (int b = 0; b < ByteAlphabet.SIZE; b++) {
                String letter = String.valueOf(ByteAlphabet.charOf(b));
                if (!ids.containsKey(letter)) {
                    throw error(
                            String.format(
                                    Locale.ROOT, "byte 0x%02X (%s) has no token", b, TokenizerException.quote(letter)),
                            "a byte-level BPE vocabulary, in which each of the 256 bytes has one");
                }
            }
            return new Vocabulary(this, all);
        }

        private int mergeCount() {
            return mergeParts.size() / 2;
        }

        private void resolveMerge(int merge, int[] merges) {
            String left = mergeParts.get(2 * merge);
            String right = mergeParts.get(2 * merge + 1);
            merges[3 * merge] = part(merge, left);
            merges[3 * merge + 1] = part(merge, right);
            merges[3 * merge + 2] = part(merge, left + right);
        }

        private int part(int merge, String token) {
            Integer id = ids.get(token);
            if (id == null) {
                throw mergeError(
                        merge,
                        "needs the token " + TokenizerException.quote(token) + ", which " + source + " lacks",
                        "merges and vocabulary of the same tokenizer");
            }
            return id;
        }

        private TokenizerException mergeError(int merge, String found, String expected) {
            String left = TokenizerException.quote(mergeParts.get(2 * merge));
            String right = TokenizerException.quote(mergeParts.get(2 * merge + 1));
            return new TokenizerException(mergesSource + ": merge " + (merge + 1) + " (" + left + " and " + right + ") "
                    + found + "; expected " + expected);
        }

        private TokenizerException error(String found, String expected) {
            return new TokenizerException(source + ": " + found + "; expected " + expected);
        }
    }
}
