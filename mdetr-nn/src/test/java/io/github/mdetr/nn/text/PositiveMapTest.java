package io.github.mdetr.nn.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fallbacks; plain spans are compared with the published numbers by the parity cases. */
class PositiveMapTest {
    /** Tokens of "<s>", "a", a lone space, "red", "ball", "</s>" in the text "a   red ball". */
    private static final int[][] OFFSETS = {{0, 0}, {0, 1}, {2, 2}, {4, 7}, {8, 12}, {0, 0}};

    @ParameterizedTest(name = "[{0}, {1}) covers {2}")
    @CsvSource({
        "0, 1, '1'",
        "4, 12, '3 4'",
        "3, 7, '3'", // begins on a space: the next character
        "2, 7, '3'", // the one after
        "1, 7, ''", // three spaces: the span is passed over
        "4, 8, '3'", // ends after the space behind the word
        "0, 4, ''", // its last three characters lie on no token
        "8, 14, '4'", // beyond the text, by two characters
        "8, 15, ''"
    })
    void spans(int begin, int end, String expected) {
        float[] row = PositiveMap.uniform(OFFSETS, new int[][][] {{{begin, end}}})[0];
        List<String> covered = new ArrayList<>();
        float sum = 0;
        for (int t = 0; t < row.length; t++) {
            sum += row[t];
            if (row[t] > 0) {
                covered.add(Integer.toString(t));
            }
        }
        assertEquals(expected, String.join(" ", covered));
        assertEquals(covered.isEmpty() ? 0 : 1, sum, 1e-5);
        float[] binary = PositiveMap.binary(OFFSETS, new int[][][] {{{begin, end}}})[0];
        for (int t = 0; t < row.length; t++) {
            assertEquals(row[t] > 0 ? 1 : 0, binary[t]);
        }
    }

    @Test
    void tokensOfSeveralSpansCountOnceAndPhrasesByThemselves() {
        int[][][] phrases = {{{0, 1}, {4, 12}, {4, 7}}, {{8, 12}}, {}};
        float[][] binary = PositiveMap.of(PositiveMap.Kind.BINARY, OFFSETS, phrases);
        float[][] uniform = PositiveMap.of(PositiveMap.Kind.UNIFORM, OFFSETS, phrases);
        int[] tokens = {3, 1, 0};
        for (int i = 0; i < phrases.length; i++) {
            for (int t = 0; t < TokenPositions.CLASSES; t++) {
                boolean on = i == 0 ? t == 1 || t == 3 || t == 4 : i == 1 && t == 4;
                assertEquals(on ? 1 : 0, binary[i][t]);
                assertEquals(on ? 1 / (tokens[i] + 1e-6) : 0, uniform[i][t], 1e-7);
            }
        }
    }
}
