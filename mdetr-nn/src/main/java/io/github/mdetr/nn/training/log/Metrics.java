package io.github.mdetr.nn.training.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers measured after a step.
 *
 * @param step how many steps had been taken
 * @param time seconds since 1970
 * @param values by name, such as {@code train/loss}; what stands before the slash is how TensorBoard groups them
 */
public record Metrics(long step, double time, Map<String, Double> values) {
    static final String STEP = "step";
    static final String TIME = "time";

    /**
     * Copies the map, whose order stays.
     *
     * @throws IllegalArgumentException for a negative step, or a name that is empty, {@code step} or {@code time}
     */
    public Metrics {
        if (step < 0) {
            throw new IllegalArgumentException("metrics: expected a step of at least 0, got " + step);
        }
        for (String name : values.keySet()) {
            if (name.isEmpty() || name.equals(STEP) || name.equals(TIME)) {
                throw new IllegalArgumentException("metrics: expected names other than '', step and time, got '" + name
                        + "'; put a group before it, as in train/" + name);
            }
        }
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Numbers measured now. */
    public static Metrics now(long step, Map<String, Double> values) {
        return new Metrics(step, System.currentTimeMillis() / 1e3, values);
    }
}
