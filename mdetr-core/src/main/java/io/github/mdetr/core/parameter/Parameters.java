package io.github.mdetr.core.parameter;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All the weights of a model by their state-dict names, in the order of their making, and where they come from: a
 * {@link WeightSource}, or fresh values from a seed. Layers ask for theirs through a {@link Path}, so that the same code
 * loads, initializes and names.
 *
 * <p>A weight that the source lacks or has in another shape does not stop the making; {@link #verify} tells of all of
 * them at once.
 */
public final class Parameters implements AutoCloseable {
    private static final int STAGING_BYTES = 1 << 20;
    private static final long EXPONENTS = 0x7f800000_7f800000L;
    private static final long EXPONENT_ONES = 0x00800000_00800000L;
    private static final long SIGNS = 0x80000000_80000000L;

    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final List<Parameter> derived = new ArrayList<>();
    private final Device device;
    private final Mode mode;
    private final Precision precision;
    private final @Nullable WeightSource source;
    private final long seed;
    private @Nullable ByteBuffer staging; // one for all weights: direct buffers outlive their use
    private final List<String> missing = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();

    private Parameters(Device device, Mode mode, Precision precision, @Nullable WeightSource source, long seed) {
        String refusal = device.refusal(precision.dtype());
        if (refusal != null || (precision != Precision.FLOAT32 && mode != Mode.INFERENCE)) {
            throw new IllegalArgumentException("precision " + precision.label() + ": "
                    + (refusal != null ? refusal : "training computes in float32") + "; take f32");
        }
        this.device = device;
        this.mode = mode;
        this.precision = precision;
        this.source = source;
        this.seed = seed;
    }

    /** Weights read from {@code source}. */
    public static Parameters from(WeightSource source, Mode mode) {
        return from(source, mode, Precision.FLOAT32);
    }

    /**
     * Weights read from {@code source}, to compute in that precision.
     *
     * @throws IllegalArgumentException when the current device or the mode cannot
     */
    public static Parameters from(WeightSource source, Mode mode, Precision precision) {
        return new Parameters(Device.current(), mode, precision, source, 0);
    }

    /** Fresh weights; equal seeds give equal ones, whatever the order of the layers. */
    public static Parameters fresh(long seed, Mode mode) {
        return fresh(seed, mode, Precision.FLOAT32);
    }

    /**
     * Fresh weights, to compute in that precision.
     *
     * @throws IllegalArgumentException when the current device or the mode cannot
     */
    public static Parameters fresh(long seed, Mode mode, Precision precision) {
        return new Parameters(Device.current(), mode, precision, null, seed);
    }

    /** The path of the whole model. */
    public Path root() {
        return new Path("", precision);
    }

    /** A place in the tree of names. */
    public final class Path {
        private final String prefix;
        private final Precision precision;

        private Path(String prefix, Precision precision) {
            this.prefix = prefix;
            this.precision = precision;
        }

        /** The place below, {@code name} may hold dots. */
        public Path child(String name) {
            return new Path(prefix + name + ".", precision);
        }

        /** The place below with a number for a name, as in a list of layers. */
        public Path child(int index) {
            return child(Integer.toString(index));
        }

        /** A weight that can be trained. */
        public Parameter weight(String name, Init init, int... shape) {
            return make(prefix + name, init, Shape.of(shape), mode != Mode.INFERENCE, false);
        }

        /** A weight of a norm, which is trained in {@link Mode#FULL_TRAINING} alone. */
        public Parameter normWeight(String name, Init init, int... shape) {
            return make(prefix + name, init, Shape.of(shape), mode == Mode.FULL_TRAINING, false);
        }

        /** Statistics of a norm, which its forward passes change in {@link Mode#FULL_TRAINING}; never trained. */
        public Parameter statistics(String name, Init init, int... shape) {
            return make(prefix + name, init, Shape.of(shape), false, mode == Mode.FULL_TRAINING);
        }

        /**
         * Values worked out from weights for inference, such as a folded convolution or a part of a fused projection:
         * memory of the model, closed with it, but no part of its state.
         *
         * @param values shared, not copied; the caller's handle stays the caller's
         */
        public Parameter derived(String name, Tensor values) {
            Parameter p = new Parameter(prefix + name, values.shape(), values.retained(), false, false);
            derived.add(p);
            return p;
        }

        /** This place, what is below it to compute in float32 whatever the model does. */
        public Path inFloat32() {
            return new Path(prefix, Precision.FLOAT32);
        }

        /** What products with the weights below compute in. */
        public Precision precision() {
            return precision;
        }

        /** What the model is built for. */
        public Mode mode() {
            return mode;
        }

        /** Whether the model is built for inference alone. */
        public boolean isInference() {
            return mode == Mode.INFERENCE;
        }

        @Override
        public String toString() {
            return prefix;
        }
    }

    private Parameter make(String name, Init init, Shape shape, boolean trainable, boolean running) {
        if (byName.containsKey(name)) {
            throw new IllegalStateException("parameter " + name + " is made twice");
        }
        Tensor t = null;
        if (source == null) {
            t = filled(shape, into -> draw(name, init, into));
        } else if (!source.names().contains(name)) {
            missing.add(name);
        } else if (!source.shape(name).equals(shape)) {
            misshapen.add(name + ": expected " + shape + ", got " + source.shape(name));
        } else if (missing.isEmpty() && misshapen.isEmpty()) {
            try {
                t = filled(shape, into -> read(source, name, into));
            } catch (OutOfTensorMemoryException e) {
                throw new OutOfTensorMemoryException(
                        source.description() + ": weight " + name + " " + shape + ": " + e.getMessage());
            }
        }
        Parameter p = new Parameter(name, shape, t, trainable, running);
        byName.put(name, p);
        return p;
    }

    private void draw(String name, Init init, Tensor into) {
        float[] values = new float[Math.toIntExact(into.size())];
        init.fill(values, into.shape(), new SplittableRandom(seed * 31 + name.hashCode()));
        into.write(FloatBuffer.wrap(values));
    }

    /** A tensor with its values, or an error and no memory taken. */
    private Tensor filled(Shape shape, Consumer<Tensor> fill) {
        Tensor t = allocate(shape);
        try {
            fill.accept(t);
            return t;
        } catch (RuntimeException | Error e) {
            t.close();
            throw e;
        }
    }

    private Tensor allocate(Shape shape) {
        try (Scope scope = Scope.open()) {
            return Tensor.empty(device, DType.FLOAT32, shape).retained();
        }
    }

    private void read(WeightSource source, String name, Tensor into) {
        ByteBuffer bytes = staging;
        if (bytes == null) {
            bytes = ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.nativeOrder());
            staging = bytes;
        }
        FloatBuffer b = bytes.asFloatBuffer();
        LongBuffer pairs = bytes.asLongBuffer();
        try {
            for (long at = 0; at < into.size(); at += b.limit()) {
                b.clear().limit((int) Math.min(b.capacity(), into.size() - at));
                source.read(name, at, b);
                if (!allFinite(b.flip(), pairs)) {
                    throw new IllegalStateException(source.description() + ": weight " + name
                            + " holds a value that is no finite number: the file is damaged, or its training diverged;"
                            + " compare it with its source");
                }
                into.writeAt(at, b);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two at a time: an exponent of all ones, and no other, carries into the sign when one is added to it. */
    private static boolean allFinite(FloatBuffer values, LongBuffer pairs) {
        long carried = 0;
        int n = values.limit() / 2;
        for (int i = 0; i < n; i++) {
            carried |= (pairs.get(i) & EXPONENTS) + EXPONENT_ONES;
        }
        boolean last = values.limit() % 2 == 0 || Float.isFinite(values.get(values.limit() - 1));
        return (carried & SIGNS) == 0 && last;
    }

    /**
     * Checks that the source had every weight asked for in the right shape and, but for {@code ignored} names, none more.
     *
     * @throws IllegalStateException that lists what is missing, misshapen and unexpected
     */
    public void verify(Predicate<String> ignored) {
        if (source == null) {
            return;
        }
        Set<String> unexpected = new TreeSet<>(source.names());
        unexpected.removeAll(byName.keySet());
        unexpected.removeIf(ignored);
        if (missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty()) {
            return;
        }
        List<String> parts = new ArrayList<>();
        describe(parts, "missing", missing);
        describe(parts, "of another shape", misshapen);
        describe(parts, "unexpected", unexpected);
        throw new IllegalStateException(source.description() + " does not fit the model: " + String.join("; ", parts)
                + "; it is incomplete or of a model with other parts");
    }

    private static void describe(List<String> parts, String what, Collection<String> names) {
        if (!names.isEmpty()) {
            parts.add(names.size() + " " + what + " ("
                    + String.join(", ", names.stream().limit(5).toList()) + (names.size() > 5 ? ", …" : "") + ")");
        }
    }

    /** Every weight in the order of its making. */
    public Collection<Parameter> all() {
        return byName.values();
    }

    /** The weight of that name, or null. */
    public @Nullable Parameter find(String name) {
        return byName.get(name);
    }

    /** Gives all the memory back. */
    @Override
    public void close() {
        byName.values().forEach(Parameter::close);
        derived.forEach(Parameter::close);
    }
}
