package io.github.mdetr.examples.cli;

import java.util.Locale;

/** Numbers as people read them. */
final class Quantity {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private Quantity() {}

    /** Bytes in the largest unit that gives one or more, such as {@code 3.4 MiB}. */
    static String bytes(long n) {
        if (n < 1024) {
            return n + " bytes";
        }
        double value = n / 1024.0;
        int unit = 0;
        while (value >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** A count with the word for what is counted, such as {@code 1 image}. */
    static String of(long n, String one, String more) {
        return count(n) + " " + (n == 1 ? one : more);
    }

    /** A count with its thousands apart, such as {@code 185,123,456}. */
    static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }
}
