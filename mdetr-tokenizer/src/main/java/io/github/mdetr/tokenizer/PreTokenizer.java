package io.github.mdetr.tokenizer;

/**
 * Splits text into the pieces within which BPE merges: a scanner over UTF-8 for the pattern
 * <pre>{@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}</pre>
 *
 * <p>In words: a contraction's ending; else a run of letters, of numbers or of other visible characters, with the one
 * plain space before it; else white space, of which a run leaves its last character to what follows.
 *
 * <p>Source: Radford et al., <i>Language Models are Unsupervised Multitask Learners</i> (2019), the published encoder.
 */
final class PreTokenizer {
    private PreTokenizer() {}

    /** Returns where the piece that begins at {@code from} ends; {@code from < to}, both at character boundaries. */
    static int next(byte[] utf8, int from, int to) {
        byte first = utf8[from];
        if (first == '\'') {
            int length = contraction(utf8, from + 1, to);
            if (length > 0) {
                return from + 1 + length;
            }
        }
        int start = first == ' ' && from + 1 < to ? from + 1 : from;
        byte kind = classAt(utf8, start);
        if (kind == CharacterClasses.SPACE) {
            return spaces(utf8, from, to);
        }
        return run(utf8, start, to, kind);
    }

    /** Returns the length of the letters that make a contraction after its apostrophe, or 0. */
    private static int contraction(byte[] utf8, int i, int to) {
        if (i >= to) {
            return 0;
        }
        return switch (utf8[i]) {
            case 's', 't', 'm', 'd' -> 1;
            case 'r', 'v' -> i + 1 < to && utf8[i + 1] == 'e' ? 2 : 0;
            case 'l' -> i + 1 < to && utf8[i + 1] == 'l' ? 2 : 0;
            default -> 0;
        };
    }

    private static byte classAt(byte[] utf8, int i) {
        byte b = utf8[i];
        return b >= 0 ? CharacterClasses.ofAscii(b) : CharacterClasses.of(Utf8.codePointAt(utf8, i));
    }

    private static int run(byte[] utf8, int from, int to, byte kind) {
        int i = from;
        while (i < to && classAt(utf8, i) == kind) {
            i += Utf8.lengthOf(utf8[i]);
        }
        return i;
    }

    private static int spaces(byte[] utf8, int from, int to) {
        int last = from;
        int i = from;
        while (i < to && classAt(utf8, i) == CharacterClasses.SPACE) {
            last = i;
            i += Utf8.lengthOf(utf8[i]);
        }
        return i == to || last == from ? i : last;
    }
}
