package io.github.mdetr.nn.parity;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.optim.AdamW;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.loss.Criterion;
import io.github.mdetr.nn.loss.LossTerm;
import io.github.mdetr.nn.loss.Losses;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.ForwardOptions;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Trains the model of a reference case for one step and compares losses, assignments, gradients and the weights after it,
 * through the public criterion and optimizer. Of noise, how far float32 PyTorch is from float64: a loss may differ by 10 ×
 * noise + 1e-4 of it, a gradient's length by 10 × noise + 1e-3 of it, its product with the probe by 10 × noise + 2e-3 of the
 * length; a weight after the step by 1e-6, where its gradient is well above the noise, and by what Adam makes of the rounding
 * that the reference's own gradient of it shows.
 *
 * <p>It computes on the current device. In float32 a right implementation misses some of a large case's figures: where the
 * reference's noise happens to be small, or where an activation's input is so near its kink that rounding decides the side. In
 * float64 the differences are the reference's own noise, and a figure that is missed is a mistake.
 */
public final class TrainingParity {
    /** The backend to compute on, where it can run: {@code Context.with(Backends.get(EXACT_BACKEND), …)}. */
    public static final String EXACT_BACKEND = "nd4j-float64";

    private static final double FACTOR = 10;
    private static final double LOSS = 1e-4;
    private static final double LENGTH = 1e-3;
    private static final double DOT = 2e-3;

    private static final double STEPPED = 1e-6;

    /** The gradient's length is so many times its noise, or the step's direction is noise too. */
    private static final double CLEAR = 1000;

    /** The share of the root mean square that a gradient's value must exceed. */
    private static final double CLEAR_VALUE = 1e-3;

    private static final double ADAM_EPSILON = 1e-8;
    private static final double CLIP_EPSILON = 1e-6;

    private static final double EQUAL_COST = 1e-5;

    /**
     * Runs one case.
     *
     * @throws IOException when its files cannot be read
     */
    public ParityResult run(ParityCase parity) throws IOException {
        String reason = parity.unsupported();
        TrainingReference reference = parity.training();
        if (reason == null && reference == null) {
            reason = "it says nothing of training";
        }
        if (reason != null || reference == null) {
            return ParityResult.skipped(parity.name(), String.valueOf(reason));
        }
        try {
            return ParityResult.compared(parity.name(), new Run(parity, reference).differences());
        } catch (IllegalArgumentException | IllegalStateException e) {
            return ParityResult.failed(parity.name(), String.valueOf(e.getMessage()));
        }
    }

    /** One case under way. */
    private static final class Run {
        private final ParityCase parity;
        private final TrainingReference reference;
        private final List<OutputDifference> out = new ArrayList<>();

        Run(ParityCase parity, TrainingReference reference) {
            this.parity = parity;
            this.reference = reference;
        }

        private double squares;

        List<OutputDifference> differences() {
            try (MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.TRAINING);
                    Gradients gradients = gradients(model)) {
                Map<String, float[]> clear = compareGradients(model, gradients);
                step(model, gradients);
                compareStepped(model, clear);
            }
            return out;
        }

        private Gradients gradients(MdetrModel model) {
            List<Target> targets = parity.targets();
            HungarianMatcher matcher = HungarianMatcher.published();
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record();
                    MdetrOutput output = model.forward(parity.input(), ForwardOptions.evaluation());
                    Losses losses = Criterion.published().of(output, targets)) {
                compareLosses(losses);
                compareMatches(losses.matches(), output, targets, matcher);
                return tape.backward(losses.total());
            }
        }

        private void compareLosses(Losses losses) {
            Map<String, TrainingReference.Figure> expected = reference.losses();
            double totalNoise = 0;
            for (Map.Entry<String, TrainingReference.Figure> e : expected.entrySet()) {
                TrainingReference.Figure f = e.getValue();
                double got = losses.value(e.getKey()).orElse(Double.NaN);
                double allowed = FACTOR * f.noise() + LOSS * Math.abs(f.value());
                out.add(new OutputDifference(e.getKey(), Math.abs(got - f.value()), allowed, ""));
                totalNoise += f.noise() * weight(losses, e.getKey());
            }
            for (LossTerm t : losses.terms()) {
                if (!expected.containsKey(t.name())) {
                    out.add(new OutputDifference(t.name(), Double.NaN, 0, "the reference has no such loss"));
                }
            }
            double total = reference.total();
            out.add(new OutputDifference(
                    "total",
                    Math.abs(losses.total().item() - total),
                    FACTOR * totalNoise + LOSS * Math.abs(total),
                    ""));
        }

        private static double weight(Losses losses, String name) {
            return losses.terms().stream()
                    .filter(t -> t.name().equals(name))
                    .mapToDouble(LossTerm::weight)
                    .findFirst()
                    .orElse(0);
        }

        /** Another assignment is as good when it costs as much. */
        private void compareMatches(
                List<Match> matches, MdetrOutput output, List<Target> targets, HungarianMatcher matcher) {
            List<Map<Integer, Integer>> expected = reference.assignments();
            float[] logits = output.logits().toFloats();
            float[] boxes = output.boxes().toFloats();
            int q = output.logits().dim(1);
            int c = output.logits().dim(2);
            double worst = 0;
            for (int b = 0; b < matches.size(); b++) {
                double[] cost = matcher.cost(rows(logits, b * q, q, c), rows(boxes, b * q, q, 4), targets.get(b));
                int n = targets.get(b).count();
                double theirs = 0;
                for (Map.Entry<Integer, Integer> e : expected.get(b).entrySet()) {
                    theirs += cost[e.getKey() * n + e.getValue()];
                }
                boolean whole = expected.get(b).size() == matches.get(b).count();
                worst = Math.max(worst, whole ? Math.abs(matches.get(b).cost() - theirs) : Double.NaN);
            }
            out.add(new OutputDifference("assignments' cost", worst, EQUAL_COST, ""));
        }

        private static float[][] rows(float[] all, int from, int count, int width) {
            float[][] rows = new float[count][];
            for (int i = 0; i < count; i++) {
                rows[i] = Arrays.copyOfRange(all, (from + i) * width, (from + i + 1) * width);
            }
            return rows;
        }

        /** Gives the first values of the gradients that are well above their noise. */
        private Map<String, float[]> compareGradients(MdetrModel model, Gradients gradients) {
            Map<String, float[]> clear = new LinkedHashMap<>();
            Map<String, TrainingReference.TensorFigures> expected = reference.gradients();
            Worst lengths = new Worst("gradients, length");
            Worst dots = new Worst("gradients, probe");
            Set<String> trained = new TreeSet<>();
            for (Parameter p : model.parameters().all()) {
                TrainingReference.TensorFigures f = expected.get(p.name());
                if (!p.isTrainable()) {
                    continue;
                }
                trained.add(p.name());
                Tensor gradient = gradients.of(p.tensor());
                if (f == null || gradient == null) {
                    out.add(new OutputDifference(
                            "gradient of " + p.name(),
                            Double.NaN,
                            0,
                            f == null ? "the reference does not train it" : "it has none"));
                    continue;
                }
                float[] g = gradient.toFloats();
                double length = length(g);
                squares += length * length;
                lengths.add(p.name(), Math.abs(length - f.l2()), FACTOR * f.l2Noise() + LENGTH * f.l2());
                if (f.l2() > CLEAR * f.l2Noise()) {
                    clear.put(p.name(), clearHead(g, f.head().length));
                }
                dots.add(p.name(), Math.abs(dot(g, p.name()) - f.dot()), FACTOR * f.dotNoise() + DOT * f.l2());
            }
            for (String name : expected.keySet()) {
                if (!trained.contains(name)) {
                    out.add(new OutputDifference("gradient of " + name, Double.NaN, 0, "it is not trained here"));
                }
            }
            lengths.report("");
            dots.report("");
            return clear;
        }

        /** The first values; NaN in the place of those that are small beside the others. */
        private static float[] clearHead(float[] g, int count) {
            double rms = length(g) / Math.sqrt(g.length);
            float[] head = Arrays.copyOf(g, count);
            for (int i = 0; i < count; i++) {
                head[i] = Math.abs(head[i]) > CLEAR_VALUE * rms ? head[i] : Float.NaN;
            }
            return head;
        }

        private void step(MdetrModel model, Gradients gradients) {
            TrainingReference.Step s = reference.step();
            try (AdamW optimizer = AdamW.of(model.parameters().all())
                    .rate(s.rate())
                    .group("backbone", s.backboneRate())
                    .group("text_encoder", s.textRate())
                    .weightDecay(s.weightDecay())
                    .clipNorm(s.maxNorm())
                    .build()) {
                optimizer.step(gradients);
            }
        }

        private void compareStepped(MdetrModel model, Map<String, float[]> clear) {
            Map<String, TrainingReference.TensorFigures> expected = reference.stepped();
            Map<String, TrainingReference.TensorFigures> gradients = reference.gradients();
            Worst values = new Worst("weights after the step");
            int rounded = 0;
            for (Map.Entry<String, float[]> e : clear.entrySet()) {
                String name = e.getKey();
                float[] gradient = e.getValue();
                float[] head = new float[gradient.length];
                Objects.requireNonNull(model.parameters().find(name)).tensor().read(FloatBuffer.wrap(head));
                TrainingReference.TensorFigures f = Objects.requireNonNull(expected.get(name), name);
                double[] theirs =
                        Objects.requireNonNull(gradients.get(name), name).head();
                for (int i = 0; i < head.length; i++) {
                    if (!Float.isNaN(gradient[i])) {
                        double difference = Math.abs(head[i] - f.head()[i]);
                        double rounding = Math.abs(firstStep(name, gradient[i]) - firstStep(name, theirs[i]));
                        values.add(name + "[" + i + "]", difference, STEPPED + rounding);
                        rounded += difference > STEPPED ? 1 : 0;
                    }
                }
            }
            values.report(rounded == 0 ? "" : ", " + rounded + " of them by more than 1e-6, as their gradients differ");
        }

        /**
         * How far Adam's first step takes a weight: the rate times g/(|g| + ε). Clipped gradients can be as small as ε, and then
         * one that is 1% off moves the weight by up to a quarter of a percent of the rate.
         */
        private double firstStep(String name, double gradient) {
            TrainingReference.Step s = reference.step();
            double rate = name.contains("backbone")
                    ? s.backboneRate()
                    : name.contains("text_encoder") ? s.textRate() : s.rate();
            double g = gradient * Math.min(1, s.maxNorm() / (Math.sqrt(squares) + CLIP_EPSILON));
            return rate * g / (Math.abs(g) + ADAM_EPSILON);
        }

        private static double length(float[] g) {
            double sum = 0;
            for (float v : g) {
                sum += (double) v * v;
            }
            return Math.sqrt(sum);
        }

        private double dot(float[] g, String name) {
            float[] probe = new float[g.length];
            Formula.fill(parity.probe(name), 0, 1, 0, FloatBuffer.wrap(probe));
            double sum = 0;
            for (int i = 0; i < g.length; i++) {
                sum += (double) g[i] * probe[i];
            }
            return sum;
        }

        /** Tells of everything that is too far away, and of what is nearest to it. */
        private final class Worst {
            private final String what;
            private @Nullable OutputDifference worst;
            private int count;

            Worst(String what) {
                this.what = what;
            }

            void add(String name, double difference, double allowed) {
                count++;
                OutputDifference d = new OutputDifference(what, difference, allowed, name);
                if (!d.passed()) {
                    out.add(d);
                } else if (worst == null || difference * worst.allowed() > worst.difference() * allowed) {
                    worst = d;
                }
            }

            void report(String rest) {
                if (worst != null) {
                    out.add(new OutputDifference(
                            worst.output(),
                            worst.difference(),
                            worst.allowed(),
                            "worst passed of " + count + ": " + worst.remark() + rest));
                }
            }
        }
    }
}
