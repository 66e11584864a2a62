package io.github.mdetr.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a byte-level BPE vocabulary from texts: the most frequent pair of neighbouring tokens within words becomes a token,
 * over and over, until the vocabulary has its size.
 *
 * <p>Ids 0 to 4 are RoBERTa's {@code <s>}, {@code <pad>}, {@code </s>}, {@code <unk>} and {@code <mask>}, 5 to 260 the bytes in
 * the order of the characters that stand for them, the rest the merged tokens in the order of the merges. Tokens and merges
 * are those that Hugging Face's {@code tokenizers} learns from the same texts (its BPE trainer on byte-level words, all bytes
 * in the alphabet): of pairs that are as frequent the one of smaller ids comes first.
 *
 * <pre>{@code
 * Vocabulary vocabulary = new BytePairTrainer()
 *         .add("a red cube behind a red ball")
 *         .add("the red ball")
 *         .train(300, 2);
 * vocabulary.size();              // 268: no other pair comes twice
 * vocabulary.save(Path.of("my-vocabulary"));
 * RobertaTokenizer tokenizer = RobertaTokenizer.load(Path.of("my-vocabulary"));
 * tokenizer.encode("a red ball").length(); // 5: <s>, "a", " red", " ball", </s>
 * }</pre>
 *
 * <p>Source: Sennrich et al., <i>Neural Machine Translation of Rare Words with Subword Units</i> (2016), algorithm 1.
 */
public final class BytePairTrainer {
    /** The least size of a vocabulary: the special tokens and the 256 bytes. */
    public static final int MIN_SIZE = VocabularyFiles.SPECIAL.size() + ByteAlphabet.SIZE;

    /** How often each word comes; a word's bytes are the chars of its key. */
    private final Map<String, Integer> frequencies = new LinkedHashMap<>();

    /**
     * Counts the words of a text.
     *
     * @throws TokenizerException if it has an unpaired surrogate
     */
    public BytePairTrainer add(String text) {
        byte[] utf8 = Utf8.encode(text);
        int start = 0;
        while (start < utf8.length) {
            int end = PreTokenizer.next(utf8, start, utf8.length);
            String word = new String(utf8, start, end - start, StandardCharsets.ISO_8859_1);
            frequencies.merge(word, 1, Math::addExact);
            start = end;
        }
        return this;
    }

    /**
     * Learns the vocabulary of the texts so far.
     *
     * @param size how many tokens it may have; it has fewer where no pair is left that is frequent enough
     * @param minFrequency how often a pair must come to be merged, 1 or more; 2 leaves out what comes once
     * @throws IllegalArgumentException if a number is out of range
     */
    public Vocabulary train(int size, int minFrequency) {
        if (size < MIN_SIZE || size > Vocabulary.MAX_SIZE) {
            throw new IllegalArgumentException("vocabulary size: expected " + MIN_SIZE
                    + " (special tokens and bytes) to " + Vocabulary.MAX_SIZE + ", got " + size);
        }
        if (minFrequency < 1) {
            throw new IllegalArgumentException("minimum frequency: expected 1 or more, got " + minFrequency);
        }
        return new Training(frequencies).run(size, minFrequency);
    }

    /** Two neighbouring tokens that may be merged, and the words in which they were seen to be neighbours. */
    private record Candidate(long pair, long count, Words words) implements Comparable<Candidate> {
        @Override
        public int compareTo(Candidate other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(pair, other.pair);
        }
    }

    /** Numbers of words, ascending where they are added in order; one added twice in a row is kept once. */
    private static final class Words {
        private int[] numbers = new int[4];
        private int size;

        void add(int word) {
            if (size > 0 && numbers[size - 1] == word) {
                return;
            }
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * size);
            }
            numbers[size++] = word;
        }
    }

    private static final class Training {
        private final List<String> tokens = new ArrayList<>();
        private final Map<String, Integer> ids = new HashMap<>();
        private final Set<Long> merges = new LinkedHashSet<>();

        /** The tokens of each word, and how many they are by now. */
        private final int[][] words;

        private final int[] lengths;
        private final int[] frequency;
        private final Map<Long, Long> counts = new HashMap<>();
        private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

        /** Where pairs came up since the queue was last filled. */
        private final Map<Long, Words> seen = new LinkedHashMap<>();

        private Training(Map<String, Integer> frequencies) {
            VocabularyFiles.SPECIAL.forEach(this::id);
            int[] byteIds = new int[ByteAlphabet.SIZE];
            for (char c = 0; c < 2 * ByteAlphabet.SIZE; c++) {
                int b = ByteAlphabet.byteOf(c);
                if (b >= 0) {
                    byteIds[b] = id(String.valueOf(c));
                }
            }
            words = new int[frequencies.size()][];
            lengths = new int[words.length];
            frequency = new int[words.length];
            int w = 0;
            for (Map.Entry<String, Integer> word : frequencies.entrySet()) {
                words[w] = word.getKey().chars().map(b -> byteIds[b]).toArray();
                lengths[w] = words[w].length;
                frequency[w++] = word.getValue();
            }
        }

        private int id(String token) {
            return ids.computeIfAbsent(token, t -> {
                tokens.add(t);
                return tokens.size() - 1;
            });
        }

        private Vocabulary run(int size, int minFrequency) {
            for (int w = 0; w < words.length; w++) {
                for (int i = 1; i < lengths[w]; i++) {
                    count(pair(words[w][i - 1], words[w][i]), w, 1);
                }
            }
            fillQueue();
            while (tokens.size() < size && !queue.isEmpty()) {
                Candidate top = queue.remove();
                long count = counts.getOrDefault(top.pair, 0L);
                if (count != top.count) { // some of them were merged with other neighbours since
                    queue.add(new Candidate(top.pair, count, top.words));
                    continue;
                }
                if (count < minFrequency) {
                    break;
                }
                merge(top);
            }
            return vocabulary();
        }

        private void count(long pair, int word, int change) {
            counts.merge(pair, (long) change * frequency[word], Long::sum);
            if (change > 0) {
                seen.computeIfAbsent(pair, p -> new Words()).add(word);
            }
        }

        private void fillQueue() {
            seen.forEach((pair, where) -> {
                long count = counts.getOrDefault(pair, 0L);
                if (count > 0) {
                    queue.add(new Candidate(pair, count, where));
                }
            });
            seen.clear();
        }

        private void merge(Candidate best) {
            int left = left(best.pair);
            int right = right(best.pair);
            int merged = id(tokens.get(left) + tokens.get(right));
            // A pair can come again, when two ways lead to one of its tokens; the last time counts.
            merges.remove(best.pair);
            merges.add(best.pair);
            for (int k = 0; k < best.words.size; k++) {
                merge(best.words.numbers[k], left, right, merged);
            }
            fillQueue();
        }

        /** Merges a pair in one word, and counts the neighbours that go and those that come. */
        private void merge(int w, int left, int right, int merged) {
            int[] word = words[w];
            int length = lengths[w];
            int to = 0;
            int from = 0;
            while (from < length) {
                if (word[from] != left || from + 1 == length || word[from + 1] != right) {
                    word[to++] = word[from++];
                    continue;
                }
                from += 2;
                if (to > 0) {
                    count(pair(word[to - 1], left), w, -1);
                    count(pair(word[to - 1], merged), w, 1);
                }
                word[to++] = merged;
                if (from < length) {
                    count(pair(right, word[from]), w, -1);
                    count(pair(merged, word[from]), w, 1);
                }
            }
            lengths[w] = to;
        }

        private Vocabulary vocabulary() {
            Vocabulary.Builder builder = Vocabulary.builder("trained vocabulary");
            for (int id = 0; id < tokens.size(); id++) {
                builder.token(tokens.get(id), id);
            }
            for (int id = 0; id < VocabularyFiles.SPECIAL.size(); id++) {
                builder.addedToken(AddedToken.special(tokens.get(id), id));
            }
            merges.forEach(pair -> builder.merge(tokens.get(left(pair)), tokens.get(right(pair))));
            return builder.build();
        }

        private static long pair(int left, int right) {
            return (long) left << Integer.SIZE | right;
        }

        private static int left(long pair) {
            return (int) (pair >> Integer.SIZE);
        }

        private static int right(long pair) {
            return (int) pair;
        }
    }
}
