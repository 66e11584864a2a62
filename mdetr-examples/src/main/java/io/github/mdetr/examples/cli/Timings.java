package io.github.mdetr.examples.cli;

import java.util.Arrays;

/**
 * Several measurements of one thing.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min the least
 * @param max the largest
 */
record Timings(double median, double min, double max) {

    /** Of one measurement or more. */
    static Timings of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Timings((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
    }
}
