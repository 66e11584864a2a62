package io.github.mdetr.core.parameter;

import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Set;

/** Where weights are read from by name: a checkpoint, or a formula. */
public interface WeightSource {

    /** What it calls itself in errors, such as the file's path. */
    String description();

    /** All the names it has. */
    Set<String> names();

    /** The shape of a weight that it has. */
    Shape shape(String name);

    /** Fills {@code dst} with values from element {@code from} on, row-major. */
    void read(String name, long from, FloatBuffer dst) throws IOException;
}
