package io.github.mdetr.core.optim;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes parameters by their gradients, and owns what it remembers of them.
 *
 * <p>A step reads all gradients once for their norm, and then every parameter, its moments and its average once. What is not
 * {@link Parameter#isTrainable trainable} or has no gradient stays as it is, as in PyTorch; the average follows all that was
 * ever trained, and running statistics. Not for several threads.
 */
public abstract class Optimizer implements AutoCloseable {
    private static final double CLIP_EPS = 1e-6;

    private final List<Parameter> parameters;
    private final List<ParameterGroup> groups;
    private final List<String> moments;
    private final double weightDecay;
    private final double clipNorm;
    private final double averageDecay;
    private final Schedule schedule;
    private final @Nullable Backend backend;
    private final Map<Parameter, ParameterState> states = new LinkedHashMap<>();
    private long steps;

    Optimizer(OptimizerBuilder<?> b, List<String> moments) {
        this.parameters = b.parameters;
        this.moments = moments;
        List<ParameterGroup> all = new ArrayList<>(b.groups);
        all.add(new ParameterGroup(ParameterGroup.REST, b.rate));
        this.groups = List.copyOf(all);
        this.weightDecay = b.weightDecay;
        this.clipNorm = b.clipNorm;
        this.averageDecay = b.averageDecay;
        this.schedule = b.schedule;
        this.backend = check(b.parameters);
    }

    /** The one backend of all that is there. */
    private static @Nullable Backend check(List<Parameter> parameters) {
        Backend backend = null;
        Map<String, Parameter> names = new LinkedHashMap<>();
        for (Parameter p : parameters) {
            if (names.put(p.name(), p) != null) {
                throw new IllegalArgumentException("optimizer: parameter " + p.name() + " is given twice");
            }
            if (!p.isPresent()) {
                continue;
            }
            Tensor t = p.tensor();
            if (t.isPacked()) {
                throw new IllegalArgumentException("optimizer: parameter " + p.name()
                        + " is packed for inference; build the model for Mode.TRAINING");
            }
            if (backend != null && backend != Backend.of(t)) {
                throw new IllegalArgumentException("optimizer: parameter " + p.name() + " is on backend "
                        + t.device().name() + ", others on " + backend.name() + "; make all of them on one");
            }
            backend = Backend.of(t);
        }
        return backend;
    }

    /** One step of one parameter, whose count of steps is that of this one, from 1 on. */
    abstract void update(Backend b, ParameterState s, Tensor gradient, double scale, double rate);

    // ---- stepping ----

    /** A step by {@code gradients}, which stay the caller's. */
    public final StepResult step(Gradients gradients) {
        return step(gradients, 1);
    }

    /**
     * A step by {@code scale·gradients}: with 1/n, by the mean of n passes that {@link Gradients#add} added up.
     *
     * <p>When the norm of the gradients is not finite nothing is changed, and the result says so.
     */
    public final StepResult step(Gradients gradients, double scale) {
        Backend b = backend;
        if (b == null) {
            return new StepResult(true, 0, 1);
        }
        return b.run(() -> step(b, gradients, scale));
    }

    /** The l2 norm over all gradients that a step would use. */
    public final double norm(Gradients gradients) {
        Backend b = backend;
        return b == null ? 0 : b.run(() -> norm(b, used(gradients)));
    }

    private static double norm(Backend b, Map<Parameter, Tensor> gradients) {
        double squares = 0;
        for (Tensor g : gradients.values()) {
            squares += b.squaredNorm(g);
        }
        return Math.sqrt(squares);
    }

    /** Those of parameters that are trained. */
    private Map<Parameter, Tensor> used(Gradients gradients) {
        Map<Parameter, Tensor> used = new LinkedHashMap<>();
        for (Parameter p : parameters) {
            Tensor g = p.isTrainable() && p.isPresent() ? gradients.of(p.tensor()) : null;
            if (g != null) {
                used.put(p, g);
            }
        }
        return used;
    }

    private StepResult step(Backend b, Gradients gradients, double scale) {
        Map<Parameter, Tensor> found = used(gradients);
        double norm = norm(b, found) * Math.abs(scale);
        if (!Double.isFinite(norm)) {
            return new StepResult(false, norm, 1);
        }
        double clip = Math.min(1, clipNorm / (norm + CLIP_EPS));
        for (Parameter p : parameters) { // all the memory first: an error must not come between two parameters
            if (found.containsKey(p) || (isAveraging() && p.isRunning())) {
                state(p);
            }
        }
        found.forEach((p, g) -> {
            ParameterState s = state(p);
            s.steps++;
            update(b, s, g, scale * clip, rate(s.group));
        });
        for (ParameterState s : states.values()) {
            if (s.average != null && !found.containsKey(s.parameter)) {
                b.approach(s.parameter.tensor(), (float) averageWeight(), s.average);
            }
        }
        steps++;
        return new StepResult(true, norm, clip);
    }

    private ParameterState state(Parameter p) {
        ParameterState s = states.get(p);
        if (s == null) {
            s = ParameterState.of(p, groupOf(p), moments(p), isAveraging());
            states.put(p, s);
        }
        return s;
    }

    /** Running statistics have none. */
    private int moments(Parameter p) {
        return p.isRunning() ? 0 : moments.size();
    }

    /** Number of steps taken. */
    public final long steps() {
        return steps;
    }

    /** The groups in the order in which they take parameters; the last is {@link ParameterGroup#REST}. */
    public final List<ParameterGroup> groups() {
        return groups;
    }

    /** The group that trains {@code parameter}. */
    public final ParameterGroup groupOf(Parameter parameter) {
        return groups.stream()
                .filter(g -> g.takes(parameter.name()))
                .findFirst()
                .orElseThrow();
    }

    /** The learning rate of the next step. */
    public final double rate(ParameterGroup group) {
        return group.rate() * schedule.factor(steps, group);
    }

    final double weightDecay() {
        return weightDecay;
    }

    // ---- averaging ----

    /** Whether it keeps a moving average. */
    public final boolean isAveraging() {
        return !Double.isNaN(averageDecay);
    }

    final double averageWeight() {
        return isAveraging() ? 1 - averageDecay : 0;
    }

    /**
     * Puts the averages in the place of the parameters until the result is closed, to evaluate or save them. No step may be
     * taken meanwhile.
     *
     * @throws IllegalStateException when it keeps none
     */
    public final AveragedWeights useAverage() {
        if (!isAveraging()) {
            throw new IllegalStateException("optimizer: it keeps no moving average; build it with average(0.9998)");
        }
        return new AveragedWeights(states.values());
    }

    // ---- state ----

    /**
     * All it remembers, to be written to a file: {@code steps}, and of each parameter that has taken a step its count as
     * {@code step.NAME}, its moments under PyTorch's names ({@code exp_avg.NAME}, {@code exp_avg_sq.NAME}; {@code
     * momentum_buffer.NAME}) and its average {@code ema.NAME}, in the order of the parameters. {@link #restore} takes it back.
     */
    public final List<StateTensor> state() {
        List<ParameterState> inOrder = new ArrayList<>(); // of the parameters, not of the steps that first moved them
        for (Parameter p : parameters) {
            ParameterState s = states.get(p);
            if (s != null) {
                inOrder.add(s);
            }
        }
        return OptimizerState.of(steps, inOrder, moments);
    }

    /**
     * Takes over the state in {@code source}, bit for bit; its own is lost.
     *
     * @throws IllegalStateException when it is of another optimizer or model; the optimizer is then as before
     */
    public final void restore(WeightSource source) {
        OptimizerState saved = new OptimizerState(source, moments, isAveraging());
        Map<Parameter, ParameterState> next = new LinkedHashMap<>();
        saved.check(parameters);
        long at = saved.steps();
        try {
            for (Parameter p : parameters) {
                if (saved.has(p)) {
                    ParameterState s = ParameterState.of(p, groupOf(p), moments(p), isAveraging());
                    next.put(p, s);
                    saved.read(s);
                }
            }
        } catch (RuntimeException | Error e) {
            next.values().forEach(ParameterState::close);
            throw e;
        }
        close();
        states.putAll(next);
        steps = at;
    }

    /** Gives the memory back; the parameters stay. */
    @Override
    public final void close() {
        states.values().forEach(ParameterState::close);
        states.clear();
    }
}
