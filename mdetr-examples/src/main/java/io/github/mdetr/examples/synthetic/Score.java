package io.github.mdetr.examples.synthetic;

/**
 * How many were right.
 *
 * @param right number of those that were right
 * @param all number of those that were asked
 */
public record Score(int right, int all) {
    /** Nothing asked. */
    public static final Score NONE = new Score(0, 0);

    /** The 0.975 quantile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    /** The share of those that were right; NaN where nothing was asked. */
    public double share() {
        return all == 0 ? Double.NaN : right / (double) all;
    }

    /** With one more. */
    public Score plus(boolean isRight) {
        return new Score(right + (isRight ? 1 : 0), all + 1);
    }

    /**
     * The lower end of the share's 95 % interval (Wilson, JASA 1927, the score interval without continuity correction), which
     * holds near 0 and 1 too.
     */
    public double low() {
        return Math.max(0, centre() - reach());
    }

    /** The upper end. */
    public double high() {
        return Math.min(1, centre() + reach());
    }

    private double centre() {
        return (share() + Z * Z / (2 * all)) / (1 + Z * Z / all);
    }

    private double reach() {
        double p = share();
        return Z / (1 + Z * Z / all) * Math.sqrt(p * (1 - p) / all + Z * Z / (4.0 * all * all));
    }
}
