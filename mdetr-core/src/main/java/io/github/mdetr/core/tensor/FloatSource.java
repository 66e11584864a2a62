package io.github.mdetr.core.tensor;

import java.nio.FloatBuffer;

/** Values in row-major order, read a part at a time. */
@FunctionalInterface
public interface FloatSource {
    /** Puts values from element {@code from} on into {@code destination}, as many as it has room for. */
    void read(long from, FloatBuffer destination);
}
