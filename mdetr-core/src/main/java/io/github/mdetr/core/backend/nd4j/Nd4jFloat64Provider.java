package io.github.mdetr.core.backend.nd4j;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * Starts the ND4J backend in double precision: tensors of float32 whose values, gradients and moments are float64 between
 * being written and being read. Never chosen by itself, since the same backend in float32 can run wherever it can.
 */
public final class Nd4jFloat64Provider extends Nd4jBackendProvider {
    /** For {@link java.util.ServiceLoader}. */
    public Nd4jFloat64Provider() {}

    @Override
    public String name() {
        return "nd4j-float64";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    DataType floats() {
        return DataType.DOUBLE;
    }
}
