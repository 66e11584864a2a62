package io.github.mdetr.core.optim;

import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.FloatSource;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names under which an optimizer's state is written and read back. */
final class OptimizerState {
    private static final String STEPS = "steps";
    private static final String STEP = "step.";
    private static final String AVERAGE = "ema.";

    /** The largest count that float32, in which it is written, holds exactly. */
    private static final long LARGEST_COUNT = 1 << 24;

    private final WeightSource source;
    private final List<String> moments;
    private final boolean averaging;

    OptimizerState(WeightSource source, List<String> moments, boolean averaging) {
        this.source = source;
        this.moments = moments;
        this.averaging = averaging;
    }

    // ---- writing ----

    static List<StateTensor> of(long steps, Collection<ParameterState> states, List<String> moments) {
        List<StateTensor> all = new ArrayList<>();
        all.add(count(STEPS, steps));
        for (ParameterState s : states) {
            String name = s.parameter.name();
            all.add(count(STEP + name, s.steps));
            for (int i = 0; i < s.moments.length; i++) {
                all.add(tensor(moments.get(i) + "." + name, s.moments[i]));
            }
            if (s.average != null) {
                all.add(tensor(AVERAGE + name, s.average));
            }
        }
        return all;
    }

    private static StateTensor count(String name, long value) {
        if (value > LARGEST_COUNT) {
            throw new IllegalStateException("optimizer state " + name + ": " + value + " steps are more than the "
                    + LARGEST_COUNT + " that are written exactly");
        }
        return new StateTensor(name, Shape.of(), (from, into) -> into.put((float) value));
    }

    private static StateTensor tensor(String name, Tensor t) {
        FloatSource values = (from, into) -> {
            Shape line = Shape.of(Math.toIntExact(t.size()));
            try (Tensor flat = t.view(line);
                    Tensor part = flat.rows(Math.toIntExact(from), into.remaining())) {
                part.read(into);
            }
        };
        return new StateTensor(name, t.shape(), values);
    }

    // ---- reading ----

    boolean has(Parameter p) {
        return source.names().contains(STEP + p.name());
    }

    /** Checks that it is the state of such an optimizer of these parameters, and nothing else. */
    void check(List<Parameter> parameters) {
        Set<String> unexpected = new TreeSet<>(source.names());
        expect(STEPS, Shape.of(), unexpected);
        for (Parameter p : parameters) {
            if (has(p)) {
                expect(STEP + p.name(), Shape.of(), unexpected);
                for (String moment : p.isRunning() ? List.<String>of() : moments) {
                    expect(moment + "." + p.name(), p.shape(), unexpected);
                }
                if (averaging) {
                    expect(AVERAGE + p.name(), p.shape(), unexpected);
                }
            }
        }
        if (!unexpected.isEmpty()) {
            throw new IllegalStateException(source.description() + ": optimizer state holds "
                    + unexpected.iterator().next() + " and " + (unexpected.size() - 1)
                    + " others that this optimizer and model have no place for; resume with the settings it was saved"
                    + " with");
        }
    }

    private void expect(String name, Shape shape, Set<String> unexpected) {
        if (!unexpected.remove(name)) {
            throw new IllegalStateException(source.description() + ": optimizer state lacks " + name
                    + "; resume with the optimizer it was saved with, or start without it");
        }
        if (!source.shape(name).equals(shape)) {
            throw new IllegalStateException(source.description() + ": optimizer state " + name + ": expected shape "
                    + shape + ", got " + source.shape(name) + "; it is of another model");
        }
    }

    long steps() {
        return count(STEPS);
    }

    void read(ParameterState s) {
        String name = s.parameter.name();
        s.steps = count(STEP + name);
        for (int i = 0; i < s.moments.length; i++) {
            read(moments.get(i) + "." + name, s.moments[i]);
        }
        Tensor average = s.average;
        if (average != null) {
            read(AVERAGE + name, average);
        }
    }

    private long count(String name) {
        FloatBuffer one = FloatBuffer.allocate(1);
        read(name, 0, one);
        float value = one.get(0);
        if (!(value >= 0 && value <= LARGEST_COUNT && value == Math.rint(value))) {
            throw new IllegalStateException(source.description() + ": optimizer state " + name
                    + ": expected a number of steps, got " + value + "; the file is damaged");
        }
        return (long) value;
    }

    private void read(String name, Tensor into) {
        into.write((from, part) -> read(name, from, part));
    }

    private void read(String name, long from, FloatBuffer into) {
        try {
            source.read(name, from, into);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
