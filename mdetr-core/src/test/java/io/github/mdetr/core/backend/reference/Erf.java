package io.github.mdetr.core.backend.reference;

/** The complementary error function to double precision (Abramowitz and Stegun 7.1.6 and 7.1.14). */
final class Erf {
    private Erf() {}

    /** 1 − erf(x), without cancellation for large x. */
    static double erfc(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        double a = Math.abs(x);
        double tail = a < 2.5 ? 1 - series(a) : a > 27 ? 0 : continuedFraction(a);
        return x >= 0 ? tail : 2 - tail;
    }

    /** erf(x) = 2/√π·e^(−x²)·Σ 2ⁿ·x^(2n+1)/(2n+1)!!, all terms positive. */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > 1e-17 * sum; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** erfc(x) = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))). */
    private static double continuedFraction(double x) {
        double f = x;
        for (int n = 80; n > 0; n--) {
            f = x + 0.5 * n / f;
        }
        return Math.exp(-x * x) / (Math.sqrt(Math.PI) * f);
    }
}
