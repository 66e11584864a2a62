package io.github.mdetr.core.optim;

/** What settings of optimizers and schedules must hold. */
final class Settings {
    private Settings() {}

    static double atLeastZero(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + ": expected a finite number of at least 0, got " + value);
        }
        return value;
    }

    static double positive(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + ": expected a finite number above 0, got " + value);
        }
        return value;
    }

    /** In [0, 1). */
    static double share(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + ": expected at least 0 and less than 1, got " + value);
        }
        return value;
    }

    static long steps(String what, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(what + ": expected at least " + least + ", got " + value);
        }
        return value;
    }
}
