package io.github.mdetr.nn.data.check;

import java.util.Arrays;

/**
 * Numbers at a glance.
 *
 * @param min the least
 * @param median the middle one, the lower of two
 * @param max the largest
 */
public record Spread(int min, int median, int max) {
    /** Of numbers; all 0 where there are none. */
    public static Spread of(int... values) {
        if (values.length == 0) {
            return new Spread(0, 0, 0);
        }
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
    }

    @Override
    public String toString() {
        return min + " to " + max + ", median " + median;
    }
}
