package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.io.StoredType;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The weights in a checkpoint file; halves and doubles are converted on reading. */
public final class CheckpointWeights implements WeightSource {
    private final TensorSource source;

    /** Reads from {@code source}, which stays the caller's to close. */
    public CheckpointWeights(TensorSource source) {
        this.source = source;
    }

    @Override
    public String description() {
        return source.description();
    }

    @Override
    public Set<String> names() {
        return source.names();
    }

    @Override
    public Shape shape(String name) {
        return shape(source.info(name));
    }

    /** Every shape by name. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        source.tensors().forEach((name, info) -> shapes.put(name, shape(info)));
        return shapes;
    }

    @Override
    public void read(String name, long from, FloatBuffer dst) throws IOException {
        StoredType type = source.info(name).type();
        if (!type.isFloat()) {
            throw new IllegalArgumentException(description() + ": weight " + name
                    + ": expected F64, F32, F16 or BF16, got " + type + "; save it as floats (tensor.float())");
        }
        source.readFloats(name, from, dst);
    }

    /**
     * A stored tensor's shape.
     *
     * @throws IllegalArgumentException when an extent is beyond 2³¹
     */
    public static Shape shape(TensorInfo info) {
        if (Arrays.stream(info.shape()).anyMatch(d -> d > Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("tensor " + info + " has an extent beyond " + Integer.MAX_VALUE);
        }
        return Shape.of(Arrays.stream(info.shape()).mapToInt(d -> (int) d).toArray());
    }
}
