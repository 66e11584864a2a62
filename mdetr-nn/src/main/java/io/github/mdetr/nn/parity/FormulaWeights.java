package io.github.mdetr.nn.parity;

import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Weights given by {@link Formula}: parameter {@code name} has the key {@code seed:name} and its own base and amp. */
public final class FormulaWeights implements WeightSource {

    /**
     * One parameter or buffer.
     *
     * @param name its name in the state dict
     * @param shape its shape
     * @param base the middle of its values
     * @param amp the largest distance from it
     */
    public record Entry(String name, Shape shape, float base, float amp) {}

    private final String description;
    private final String seed;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** Weights called {@code description} in errors. */
    public FormulaWeights(String description, String seed, List<Entry> entries) {
        this.description = description;
        this.seed = seed;
        entries.forEach(e -> this.entries.put(e.name(), e));
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    @Override
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /** Every shape by name. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> out = new LinkedHashMap<>();
        entries.forEach((name, e) -> out.put(name, e.shape()));
        return out;
    }

    @Override
    public void read(String name, long from, FloatBuffer dst) {
        Entry e = entry(name);
        Formula.fill(seed + ":" + name, e.base(), e.amp(), from, dst);
    }

    private Entry entry(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw new IllegalArgumentException(description + ": no parameter '" + name + "'");
        }
        return e;
    }
}
