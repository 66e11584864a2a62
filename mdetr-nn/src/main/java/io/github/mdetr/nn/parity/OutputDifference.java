package io.github.mdetr.nn.parity;

/**
 * How far one output is from its reference.
 *
 * @param output its published name
 * @param difference absolute difference, the largest or in bfloat16 the mean one; NaN when there is nothing to compare, or a value is no number
 * @param allowed 10 × the case's noise + 1e-5, or in bfloat16 1.5 × its noise
 * @param remark what else there is to say, or empty
 */
public record OutputDifference(String output, double difference, double allowed, String remark) {

    /** Whether it is near enough. */
    public boolean passed() {
        return difference <= allowed; // false for NaN
    }

    /** One line: name, difference, allowed. */
    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%-4s %-28s %.3e allowed %.3e%s",
                passed() ? "ok" : "FAIL",
                output,
                difference,
                allowed,
                remark.isEmpty() ? "" : " (" + remark + ")");
    }
}
