package io.github.mdetr.nn.layer;

import io.github.mdetr.core.op.Indexing;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Tensor;

/** A table of vectors. Parameter {@code weight} [N, D]. */
public final class Embedding {
    private final Parameter weight;

    /** {@code rows} vectors of {@code width}. */
    public Embedding(Parameters.Path path, int rows, int width, Init init) {
        this.weight = path.weight("weight", init, rows, width);
    }

    /** Number of vectors. */
    public int rows() {
        return weight.shape().dim(0);
    }

    /** The whole table [N, D]. */
    public Tensor table() {
        return weight.tensor();
    }

    /**
     * ids int32 of any shape to [ids..., D].
     *
     * @throws IndexOutOfBoundsException naming the first id outside the table
     */
    public Tensor forward(Tensor ids) {
        return Indexing.gatherRows(weight.tensor(), ids);
    }
}
