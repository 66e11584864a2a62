package io.github.mdetr.core.parameter;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A named weight of a model. It owns its tensor, plain or packed for a backend's kernel, and says whether it is trained.
 */
public final class Parameter implements AutoCloseable {
    private final String name;
    private final Shape shape;
    private @Nullable Tensor tensor;
    private boolean trainable;
    private final boolean running;

    Parameter(String name, Shape shape, @Nullable Tensor tensor, boolean trainable, boolean running) {
        this.name = name;
        this.shape = shape;
        this.tensor = tensor;
        this.trainable = trainable;
        this.running = running;
    }

    /** Its name in the state dict, such as {@code backbone.0.body.layer1.0.conv1.weight}. */
    public String name() {
        return name;
    }

    /** Its shape. */
    public Shape shape() {
        return shape;
    }

    /** Whether an optimizer changes it. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Whether it holds running statistics, which forward passes change. */
    public boolean isRunning() {
        return running;
    }

    /** Takes it out of training, or back in. */
    public void setTrainable(boolean value) {
        trainable = value;
    }

    /** Whether its memory is there: false for one the checkpoint lacked, and after {@link #close}. */
    public boolean isPresent() {
        return tensor != null;
    }

    /** What operations compute with, plain or packed; watched by the recording tape when it is trained. */
    public Tensor tensor() {
        Tensor t = tensor;
        if (t == null) {
            throw new IllegalStateException("parameter " + name + " holds no values: it was folded into another for"
                    + " inference, or its model is closed");
        }
        if (trainable) {
            Tape tape = Tape.current();
            if (tape != null) {
                tape.watch(t);
            }
        }
        return t;
    }

    /** A plain copy of the values, the caller's to close. */
    public float[] values() {
        Tensor t = tensor();
        if (!t.isPacked()) {
            return t.toFloats();
        }
        try (Tensor plain = Backend.of(t).unpack(t)) {
            return plain.toFloats();
        }
    }

    /** Lays the values out for a kernel, in that precision, and lets go of the plain ones: for inference only. */
    public void pack(WeightUse use, Window window, Precision precision) {
        Tensor t = tensor;
        if (t != null && !t.isPacked()) {
            replace(Backend.of(t).pack(t, use, window, precision.dtype()));
        }
    }

    /** Takes over {@code next} as the values, of the same shape, closing the old ones. */
    public void replace(Tensor next) {
        checkShape(next);
        Tensor before = tensor;
        tensor = next;
        if (before != null && before != next) {
            before.close();
        }
    }

    /** Takes over {@code next} as the values, of the same shape, and hands the old ones over to the caller. */
    public Tensor exchange(Tensor next) {
        checkShape(next);
        Tensor before = tensor();
        tensor = next;
        return before;
    }

    private void checkShape(Tensor next) {
        if (!next.shape().equals(shape)) {
            throw new IllegalArgumentException(
                    "parameter " + name + " has shape " + shape + ", got values of shape " + next.shape());
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        if (tensor != null) {
            tensor.close();
            tensor = null;
        }
    }

    @Override
    public String toString() {
        return name + shape;
    }
}
