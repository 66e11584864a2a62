package io.github.mdetr.examples.visualization;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten, or the powers of ten themselves. */
record Ticks(double first, double step, int count, boolean logarithmic) {
    private static final double[] ROUND = {1, 2, 5, 10};

    /** At most {@code most} round numbers within [low, high], low &lt; high. */
    static Ticks linear(double low, double high, int most) {
        double rough = (high - low) / most;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = 10 * power;
        for (double r : ROUND) {
            if (r * power >= rough * (1 - 1e-9)) {
                step = r * power;
                break;
            }
        }
        double first = Math.ceil(low / step - 1e-9) * step;
        return new Ticks(first, step, (int) Math.floor((high - first) / step + 1e-9) + 1, false);
    }

    /** Powers of ten within [low, high], both above 0; several at a time where there are many. */
    static Ticks powersOfTen(double low, double high, int most) {
        int from = (int) Math.ceil(Math.log10(low) - 1e-9);
        int to = (int) Math.floor(Math.log10(high) + 1e-9);
        int stride = Math.max(1, (int) Math.ceil((to - from + 1) / (double) most));
        return new Ticks(from, stride, (to - from) / stride + 1, true);
    }

    List<Double> values() {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double at = first + i * step;
            all.add(logarithmic ? Math.pow(10, at) : at);
        }
        return all;
    }

    /** As short as tells neighbours apart: many thousands as 20k, millions as 3M. */
    String label(double value) {
        if (logarithmic) {
            return value >= 0.001 && value < 1e4
                    ? plain(value, (int) Math.max(0, -Math.floor(Math.log10(value) + 1e-9)))
                    : String.format(Locale.ROOT, "1e%d", Math.round(Math.log10(value)));
        }
        if (value == 0 || Math.abs(value) < step / 2) {
            return "0";
        }
        int exponent = (int) Math.floor(Math.log10(step) + 1e-9);
        if (exponent < -4) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        double largest = Math.max(Math.abs(first), Math.abs(first + (count - 1) * step));
        if (largest >= 1e6 && exponent >= 5) {
            return plain(value / 1e6, Math.max(0, 6 - exponent)) + "M";
        }
        if (largest >= 1e4 && exponent >= 2) {
            return plain(value / 1e3, Math.max(0, 3 - exponent)) + "k";
        }
        return plain(value, Math.max(0, -exponent));
    }

    private static String plain(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
