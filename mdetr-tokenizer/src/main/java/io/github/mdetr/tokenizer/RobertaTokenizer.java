package io.github.mdetr.tokenizer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * RoBERTa's tokenizer: a byte-level BPE whose ids, spans and decoded text are those of Hugging Face's {@code
 * RobertaTokenizerFast}. Immutable and safe for use by any number of threads.
 *
 * <pre>{@code
 * RobertaTokenizer tokenizer = RobertaTokenizer.load(Path.of("roberta-base"));
 * String caption = "🚲 behind a red cube";
 * Encoding e = tokenizer.encode(caption);
 * int token = e.charToToken(caption.indexOf("cube"));
 * tokenizer.idToToken(e.id(token));                        // "Ġcube"
 * caption.substring(e.charStart(token), e.charEnd(token)); // "cube"
 * e.charStart(token);                                      // 16, and e.codePointStart(token) is 15
 * tokenizer.decode(e.ids(), true);                         // the caption
 * }</pre>
 *
 * <p>Special tokens written in a text ({@code <s>}, {@code <pad>}, {@code </s>}, {@code <unk>}, {@code <mask>}) become
 * these tokens, as in Hugging Face; do not pass untrusted text where that matters.
 */
public final class RobertaTokenizer {
    /** The longest text that is encoded, in chars: far above any caption. The worst of that length takes 192 MiB of heap. */
    public static final int MAX_TEXT_LENGTH = 1 << 20;

    private final TokenizerDefinition definition;
    private final Vocabulary vocabulary;
    private final BytePairEncoder pairs;
    private final AddedTokenMatcher firstAdded;
    private final AddedTokenMatcher laterAdded;
    private final boolean[] isAdded;
    private final boolean[] isSpecial;
    private final int beginId;
    private final int endId;
    private final int padId;

    private RobertaTokenizer(TokenizerDefinition definition) {
        this.definition = definition;
        this.vocabulary = definition.vocabulary();
        int[] byteIds = new int[ByteAlphabet.SIZE];
        for (int b = 0; b < byteIds.length; b++) {
            byteIds[b] = vocabulary.id(String.valueOf(ByteAlphabet.charOf(b))).orElseThrow();
        }
        int[] lengths = new int[vocabulary.size()];
        for (int id = 0; id < lengths.length; id++) {
            lengths[id] = vocabulary.token(id).length();
        }
        this.pairs = new BytePairEncoder(vocabulary.mergeTable(), byteIds, lengths);
        List<AddedToken> added = vocabulary.addedTokens();
        this.firstAdded = new AddedTokenMatcher(
                added.stream().filter(t -> !t.normalized()).toList());
        this.laterAdded = new AddedTokenMatcher(
                added.stream().filter(AddedToken::normalized).toList());
        this.isAdded = new boolean[vocabulary.size()];
        this.isSpecial = new boolean[vocabulary.size()];
        for (AddedToken token : added) {
            isAdded[token.id()] = true;
            isSpecial[token.id()] = token.special();
        }
        this.beginId = requireToken(definition.begin());
        this.endId = requireToken(definition.end());
        this.padId = requireToken(definition.pad());
    }

    private int requireToken(String token) {
        return vocabulary
                .id(token)
                .orElseThrow(() -> new TokenizerException("the vocabulary lacks the token "
                        + TokenizerException.quote(token) + "; expected that of a RoBERTa model"));
    }

    /** As {@link #load(Path, TokenizerOptions)}, with nothing but what the files state. */
    public static RobertaTokenizer load(Path path) {
        return load(path, TokenizerOptions.DEFAULT);
    }

    /**
     * Reads a tokenizer. A directory means what {@code transformers}' {@code RobertaTokenizerFast.from_pretrained} takes it
     * to mean, {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json} included; a {@code
     * tokenizer.json} itself what {@code tokenizers} takes it to mean.
     *
     * @param path a directory that holds {@code tokenizer.json}, or else {@code vocab.json} and {@code merges.txt}; or a
     *     {@code tokenizer.json} itself
     * @throws TokenizerException if a file is missing, damaged, or of another kind of tokenizer
     */
    public static RobertaTokenizer load(Path path, TokenizerOptions options) {
        if (Files.isDirectory(path)) {
            return new RobertaTokenizer(VocabularyFolder.read(path, options).with(options));
        }
        TokenizerJson json = TokenizerJson.read(path);
        json.addedTokens().forEach(json.builder()::addedToken);
        return new RobertaTokenizer(json.asItIs(VocabularyFiles.PAD).with(options));
    }

    /** As {@link #load(Path, Path, TokenizerOptions)}, with nothing but what the files state. */
    public static RobertaTokenizer load(Path vocabJson, Path mergesTxt) {
        return load(vocabJson, mergesTxt, TokenizerOptions.DEFAULT);
    }

    /**
     * Reads a tokenizer from its {@code vocab.json} and {@code merges.txt}.
     *
     * @throws TokenizerException if a file is missing or damaged, or if the two do not fit together
     */
    public static RobertaTokenizer load(Path vocabJson, Path mergesTxt, TokenizerOptions options) {
        return of(VocabularyFiles.read(vocabJson, mergesTxt), options);
    }

    /**
     * Makes a tokenizer of a vocabulary, which must hold {@code <s>}, {@code </s>} and {@code <pad>}.
     *
     * @throws TokenizerException if one of these is missing
     */
    public static RobertaTokenizer of(Vocabulary vocabulary, TokenizerOptions options) {
        return new RobertaTokenizer(TokenizerDefinition.of(vocabulary).with(options));
    }

    /**
     * Writes {@code vocab.json} and {@code merges.txt}, and where this tokenizer has more to it than they say a {@code
     * tokenizer_config.json}: a folder from which {@link #load(Path)}, and {@code transformers}, make the same tokenizer.
     *
     * @param folder made where it is missing
     * @throws IOException if a file cannot be written
     * @throws TokenizerException if no such folder gives this tokenizer: a {@code tokenizer.json} whose post-processor
     *     contradicts its pre-tokenizer
     */
    public void save(Path folder) throws IOException {
        VocabularyFolder.write(definition, folder);
    }

    /** As {@link #encode(String, EncodeOptions)}, with {@code <s>} and {@code </s>} and not truncated. */
    public Encoding encode(String text) {
        return encode(text, EncodeOptions.DEFAULT);
    }

    /**
     * Encodes a text.
     *
     * @throws TokenizerException if the text is longer than {@link #MAX_TEXT_LENGTH} chars or has an unpaired surrogate
     */
    public Encoding encode(String text, EncodeOptions options) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new TokenizerException("text has " + text.length() + " chars; expected at most " + MAX_TEXT_LENGTH
                    + ": encode it in parts");
        }
        byte[] utf8 = Utf8.encode(text);
        TokenBuffer tokens = new TokenBuffer(utf8.length / 3 + 16);
        boolean plain = tokenize(utf8, tokens);
        if (definition.trimOffsets()) {
            if (plain) {
                SpanTrimmer.trimPlain(tokens, utf8);
            } else {
                SpanTrimmer.trim(tokens, utf8, definition, isAdded);
            }
        }
        return finish(text, utf8, tokens, options);
    }

    /** As {@link #encodeBatch(List, EncodeOptions)}, with {@code <s>} and {@code </s>} and not truncated. */
    public BatchEncoding encodeBatch(List<String> texts) {
        return encodeBatch(texts, EncodeOptions.DEFAULT);
    }

    /**
     * Encodes several texts and pads them to the longest.
     *
     * @throws TokenizerException if one of them cannot be encoded, naming its index
     */
    public BatchEncoding encodeBatch(List<String> texts, EncodeOptions options) {
        List<Encoding> encodings = new ArrayList<>(texts.size());
        for (String text : texts) {
            try {
                encodings.add(encode(text, options));
            } catch (TokenizerException e) {
                throw new TokenizerException("text " + encodings.size() + ": " + e.getMessage(), e);
            }
        }
        return new BatchEncoding(encodings, padId);
    }

    /** As {@link #decode(int[], boolean)}, special tokens included. */
    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /**
     * Returns the text that tokens spell. Bytes that are no UTF-8 (a character cut in two) become U+FFFD. Spaces stay
     * as they are: none is taken out before punctuation.
     *
     * @param skipSpecialTokens whether {@code <s>}, {@code <pad>} and their like are left out, wherever they stand
     * @throws IndexOutOfBoundsException if an id is outside the vocabulary
     */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4 * ids.length);
        for (int id : ids) {
            String token = vocabulary.token(id);
            if (!skipSpecialTokens || !isSpecial[id]) {
                bytes.writeBytes(bytesOf(token));
            }
        }
        return Utf8.decode(bytes.toByteArray());
    }

    /** Returns the bytes that a token spells; one that is not written in the byte alphabet spells itself. */
    private static byte[] bytesOf(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            int b = ByteAlphabet.byteOf(token.charAt(i));
            if (b < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) b;
        }
        return bytes;
    }

    /** Returns the number of tokens. */
    public int vocabSize() {
        return vocabulary.size();
    }

    /** Returns the id of a token as the vocabulary writes it ({@code Ġdog} for {@code " dog"}). */
    public OptionalInt tokenToId(String token) {
        return vocabulary.id(token);
    }

    /**
     * Returns a token as the vocabulary writes it.
     *
     * @throws IndexOutOfBoundsException if the id is outside the vocabulary
     */
    public String idToToken(int id) {
        return vocabulary.token(id);
    }

    /** Returns the tokens and merges. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Returns the id of the token before a text, {@code <s>}. */
    public int beginId() {
        return beginId;
    }

    /** Returns the id of the token after a text, {@code </s>}. */
    public int endId() {
        return endId;
    }

    /** Returns the id that fills up a batch, {@code <pad>}. */
    public int padId() {
        return padId;
    }

    /** Adds a text's tokens with their bytes, and returns whether each spells exactly these bytes. */
    private boolean tokenize(byte[] utf8, TokenBuffer tokens) {
        BytePairEncoder.Scratch scratch = new BytePairEncoder.Scratch();
        if (!firstAdded.mayOccurIn(utf8) && !laterAdded.mayOccurIn(utf8)) {
            encodePiece(utf8, 0, utf8.length, scratch, tokens);
            return !definition.addPrefixSpace() && !definition.keepFirstSpace();
        }
        firstAdded.split(utf8, 0, utf8.length, new AddedTokenMatcher.Sink() {
            @Override
            public void text(int from, int to) {
                laterAdded.split(utf8, from, to, new AddedTokenMatcher.Sink() {
                    @Override
                    public void text(int from, int to) {
                        encodePiece(utf8, from, to, scratch, tokens);
                    }

                    @Override
                    public void token(AddedToken token, int from, int to) {
                        tokens.add(token.id(), from, to);
                    }
                });
            }

            @Override
            public void token(AddedToken token, int from, int to) {
                tokens.add(token.id(), from, to);
            }
        });
        return false;
    }

    /** Encodes text between added tokens. */
    private void encodePiece(byte[] utf8, int from, int to, BytePairEncoder.Scratch scratch, TokenBuffer tokens) {
        if (!definition.addPrefixSpace() || from == to || utf8[from] == ' ') {
            encodeWords(utf8, from, to, scratch, tokens);
            return;
        }
        byte[] prefixed = new byte[to - from + 1];
        prefixed[0] = ' ';
        System.arraycopy(utf8, from, prefixed, 1, to - from);
        int first = tokens.size();
        encodeWords(prefixed, 0, prefixed.length, scratch, tokens);
        int firstCharacterEnd = from + Utf8.lengthOf(utf8[from]);
        for (int i = first; i < tokens.size(); i++) {
            int start = Math.max(from, tokens.start(i) + from - 1);
            int end = tokens.end(i) + from - 1;
            // The prefix space has no place in the text and counts as the first character's.
            tokens.setSpan(i, start, end == from ? firstCharacterEnd : end);
        }
    }

    private void encodeWords(byte[] utf8, int from, int to, BytePairEncoder.Scratch scratch, TokenBuffer tokens) {
        int start = from;
        while (start < to) {
            int end = PreTokenizer.next(utf8, start, to);
            pairs.encode(utf8, start, end, scratch, tokens);
            start = end;
        }
    }

    private Encoding finish(String text, byte[] utf8, TokenBuffer tokens, EncodeOptions options) {
        int around = options.addSpecialTokens() ? 1 : 0;
        int kept = Math.min(tokens.size(), options.maxLength() - 2 * around);
        int[] ids = new int[kept + 2 * around];
        int[] offsets = new int[2 * ids.length];
        for (int i = 0; i < kept; i++) {
            ids[around + i] = tokens.id(i);
            offsets[2 * (around + i)] = tokens.start(i);
            offsets[2 * (around + i) + 1] = tokens.end(i);
        }
        if (options.addSpecialTokens()) {
            ids[0] = beginId;
            ids[kept + 1] = endId;
        }
        CodePointIndex codePoints;
        if (utf8.length == text.length()) {
            codePoints = CodePointIndex.withoutPairs(text.length());
        } else {
            codePoints = CodePointIndex.of(text);
            bytesToChars(utf8, offsets, 2 * around, 2 * (around + kept));
        }
        return new Encoding(ids, offsets, codePoints, options.addSpecialTokens(), tokens.size() - kept);
    }

    private static void bytesToChars(byte[] utf8, int[] offsets, int from, int to) {
        CharCursor starts = new CharCursor(utf8);
        CharCursor ends = new CharCursor(utf8);
        for (int i = from; i < to; i += 2) {
            int start = offsets[i];
            int end = offsets[i + 1];
            offsets[i] = starts.startOf(start);
            offsets[i + 1] = end == start ? offsets[i] : ends.endOf(end - 1);
        }
    }
}
