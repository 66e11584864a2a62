package io.github.mdetr.nn.training.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How good weights are.
 *
 * @param score what the best weights are chosen by, larger being better; NaN where they were not judged
 * @param metrics all that was measured, by name
 */
public record Evaluation(double score, Map<String, Double> metrics) {
    /** Copies the map, whose order stays. */
    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
