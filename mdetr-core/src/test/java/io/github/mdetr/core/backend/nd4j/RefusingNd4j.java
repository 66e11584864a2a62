package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.testing.Refusals;
import org.nd4j.linalg.api.buffer.DataType;

/** The ND4J backend on a pool that refuses memory when told to. */
public final class RefusingNd4j {
    private RefusingNd4j() {}

    /** A backend of its own, not the process's. */
    public static Backend create(Refusals refusals) {
        BlockPool pool = new BlockPool(1L << 30) {
            @Override
            synchronized Block take(DataType type, long elements) {
                refusals.ask();
                return super.take(type, elements);
            }
        };
        return new Nd4jBackend("nd4j", DataType.FLOAT, pool, 1 << 20);
    }
}
