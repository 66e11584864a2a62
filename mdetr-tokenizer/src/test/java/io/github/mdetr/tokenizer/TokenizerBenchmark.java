package io.github.mdetr.tokenizer;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Times the tokenizer on captions, on one thread: one line of JSON, as {@code bench/tokenizer_peer.py} prints for Hugging
 * Face. {@code bench/tokenizer.sh} runs both in turn.
 *
 * <p>Milliseconds for all captions, spans included: {@code process} is the first pass of the process, {@code cold} the
 * first pass of a new tokenizer after another was used on other captions (its word cache is empty, the code compiled),
 * {@code warm} the median of further passes.
 */
public final class TokenizerBenchmark {
    private static int sink;

    private TokenizerBenchmark() {}

    /** Arguments: vocabulary directory, captions, other captions, passes, and a file for the digest of all tokens. */
    public static void main(String[] args) throws IOException {
        Path vocabulary = Path.of(args[0]);
        List<String> captions = Files.readAllLines(Path.of(args[1]));
        List<String> other = Files.readAllLines(Path.of(args[2]));
        int passes = Integer.parseInt(args[3]);
        long start = System.nanoTime();
        RobertaTokenizer tokenizer = RobertaTokenizer.load(vocabulary);
        double load = (System.nanoTime() - start) / 1e6;
        double process = pass(tokenizer, captions);
        double second = pass(tokenizer, captions);
        double[] cold = new double[passes];
        double[] warm = new double[passes];
        for (int i = 0; i < passes; i++) {
            for (int k = 0; k < 5; k++) {
                pass(tokenizer, other);
            }
            tokenizer = RobertaTokenizer.load(vocabulary);
            cold[i] = pass(tokenizer, captions);
            warm[i] = pass(tokenizer, captions);
        }
        Files.writeString(Path.of(args[4]), digest(tokenizer, captions));
        PrintStream out = System.out;
        out.printf(
                Locale.ROOT,
                "{\"library\": \"mdetr-tokenizer, JDK %s\", \"captions\": %d, \"load\": %.1f, \"process\": %.2f, \"second\": %.2f,"
                        + " \"cold\": %.2f, \"warm\": %.2f, \"sink\": %d}%n",
                System.getProperty("java.version"),
                captions.size(),
                load,
                process,
                second,
                median(cold),
                median(warm),
                sink & 1);
    }

    private static double pass(RobertaTokenizer tokenizer, List<String> captions) {
        long start = System.nanoTime();
        int tokens = 0;
        for (String caption : captions) {
            tokens += tokenizer.encode(caption).length();
        }
        sink += tokens;
        return (System.nanoTime() - start) / 1e6;
    }

    private static String digest(RobertaTokenizer tokenizer, List<String> captions) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String caption : captions) {
                Encoding e = tokenizer.encode(caption);
                for (int i = 0; i < e.length(); i++) {
                    digest.update(ByteBuffer.allocate(12)
                            .putInt(e.id(i))
                            .putInt(e.codePointStart(i))
                            .putInt(e.codePointEnd(i))
                            .array());
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
