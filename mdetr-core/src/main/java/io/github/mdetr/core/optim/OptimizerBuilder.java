package io.github.mdetr.core.optim;

import io.github.mdetr.core.parameter.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Settings that all optimizers have. */
public abstract class OptimizerBuilder<B extends OptimizerBuilder<B>> {
    final List<Parameter> parameters;
    final List<ParameterGroup> groups = new ArrayList<>();
    double rate;
    double weightDecay;
    double clipNorm = Double.POSITIVE_INFINITY;
    double averageDecay = Double.NaN;
    Schedule schedule = Schedule.constant();

    OptimizerBuilder(Collection<Parameter> parameters, double rate, double weightDecay) {
        this.parameters = List.copyOf(parameters);
        this.rate = rate;
        this.weightDecay = weightDecay;
    }

    abstract B self();

    /** Base learning rate of the parameters that no group takes. */
    public B rate(double value) {
        rate = Settings.atLeastZero("learning rate", value);
        return self();
    }

    /**
     * Parameters whose name holds {@code text} are trained at another base rate; of several groups the first takes it.
     *
     * @throws IllegalArgumentException for an empty text or {@link ParameterGroup#REST}, which is the group of all others, and
     *     for a rate that is negative or not finite
     */
    public B group(String text, double groupRate) {
        if (text.equals(ParameterGroup.REST)) {
            throw new IllegalArgumentException("parameter group: '" + text
                    + "' is the one of all parameters that no other takes; its rate is rate(…)");
        }
        groups.add(new ParameterGroup(text, groupRate));
        return self();
    }

    /** Weight decay, of all parameters. */
    public B weightDecay(double value) {
        weightDecay = Settings.atLeastZero("weight decay", value);
        return self();
    }

    /** Scales gradients down whose l2 norm over all parameters is above {@code norm}. */
    public B clipNorm(double norm) {
        clipNorm = Settings.positive("gradient clipping: norm", norm);
        return self();
    }

    /** Keeps a moving average of the parameters: {@code average = decay·average + (1 − decay)·w} after each step. */
    public B average(double decay) {
        averageDecay = Settings.share("moving average: decay", decay);
        return self();
    }

    /** What multiplies the base rates. */
    public B schedule(Schedule value) {
        schedule = value;
        return self();
    }
}
