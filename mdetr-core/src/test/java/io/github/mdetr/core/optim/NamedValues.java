package io.github.mdetr.core.optim;

import io.github.mdetr.core.io.SafeTensors;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.core.parameter.WeightSource;
import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Named floats in memory: weights, gradients, or an optimizer's state. */
final class NamedValues implements WeightSource {
    private final Map<String, float[]> values = new LinkedHashMap<>();
    private final Map<String, Shape> shapes = new LinkedHashMap<>();

    NamedValues with(String name, float[] of, int... shape) {
        values.put(name, of);
        shapes.put(name, Shape.of(shape));
        return this;
    }

    NamedValues without(String name) {
        values.remove(name);
        shapes.remove(name);
        return this;
    }

    /** What a file would hold of a state. */
    static NamedValues of(List<StateTensor> state) {
        NamedValues all = new NamedValues();
        for (StateTensor t : state) {
            FloatBuffer b = FloatBuffer.allocate((int) t.shape().size());
            for (int at = 0; at < b.capacity(); at = b.position()) { // in parts, as for a file
                b.limit(Math.min(b.capacity(), at + 5));
                t.values().read(at, b);
            }
            all.with(t.name(), b.array(), t.shape().dims());
        }
        return all;
    }

    /** The tensors of a test resource. */
    static NamedValues resource(String path) {
        NamedValues all = new NamedValues();
        try (TensorSource file =
                SafeTensors.open(Path.of(NamedValues.class.getResource(path).toURI()))) {
            for (String name : file.names()) {
                long[] shape = file.info(name).shape();
                FloatBuffer b = FloatBuffer.allocate((int) file.info(name).elements());
                file.readFloats(name, 0, b);
                all.with(
                        name,
                        b.array(),
                        Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
            }
            return all;
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Those whose name begins with {@code prefix}, without it. */
    NamedValues below(String prefix) {
        NamedValues part = new NamedValues();
        values.forEach((name, v) -> {
            if (name.startsWith(prefix)) {
                part.with(name.substring(prefix.length()), v, shape(name).dims());
            }
        });
        return part;
    }

    float[] get(String name) {
        return values.get(name);
    }

    @Override
    public String description() {
        return "state.safetensors";
    }

    @Override
    public Set<String> names() {
        return values.keySet();
    }

    @Override
    public Shape shape(String name) {
        return shapes.get(name);
    }

    @Override
    public void read(String name, long from, FloatBuffer dst) {
        dst.put(values.get(name), (int) from, dst.remaining());
    }
}
