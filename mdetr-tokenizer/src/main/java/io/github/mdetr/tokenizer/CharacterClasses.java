package io.github.mdetr.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The four classes of characters that the pre-tokenization pattern tells apart: letters {@code \p{L}}, numbers
 * {@code \p{N}}, white space {@code \s}, and all others.
 *
 * <p>They are read from a table and not asked of {@link Character}, whose Unicode version changes with the JDK: the same
 * text must give the same ids everywhere.
 */
final class CharacterClasses {
    static final byte OTHER = 0;
    static final byte LETTER = 1;
    static final byte NUMBER = 2;
    static final byte SPACE = 3;

    private static final String TABLE = "character-classes.txt";
    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int PAGES = (Character.MAX_CODE_POINT + 1) >> PAGE_BITS;

    private static final byte[][] CLASSES = pages(read());
    private static final byte[] ASCII = Arrays.copyOf(CLASSES[0], 128);

    private CharacterClasses() {}

    /** Returns the class of a code point. */
    static byte of(int codePoint) {
        return CLASSES[codePoint >> PAGE_BITS][codePoint & (PAGE - 1)];
    }

    /** Returns the class of an ASCII character. */
    static byte ofAscii(int c) {
        return ASCII[c];
    }

    private static byte[] read() {
        byte[] flat = new byte[Character.MAX_CODE_POINT + 1];
        try (InputStream in = CharacterClasses.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + TABLE + " is missing from the tokenizer's jar");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] range = line.split(" ");
                Arrays.fill(
                        flat, Integer.parseInt(range[1], 16), Integer.parseInt(range[2], 16) + 1, classOf(range[0]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + TABLE, e);
        }
        return flat;
    }

    private static byte classOf(String name) {
        return switch (name) {
            case "L" -> LETTER;
            case "N" -> NUMBER;
            case "S" -> SPACE;
            default -> throw new IllegalStateException("resource " + TABLE + ": unknown class " + name);
        };
    }

    /** Splits the flat table into pages and keeps equal ones once: 1.1 MB become about 30 kB. */
    private static byte[][] pages(byte[] flat) {
        Map<String, byte[]> distinct = new HashMap<>();
        byte[][] pages = new byte[PAGES][];
        for (int p = 0; p < PAGES; p++) {
            byte[] page = Arrays.copyOfRange(flat, p * PAGE, (p + 1) * PAGE);
            pages[p] = distinct.computeIfAbsent(new String(page, StandardCharsets.ISO_8859_1), key -> page);
        }
        return pages;
    }
}
