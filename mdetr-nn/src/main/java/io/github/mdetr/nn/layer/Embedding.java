package io.github.mdetr.nn.layer;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.backend.Window;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Indexing;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameter;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/**
 * A table of vectors. Parameter {@code weight} [N, D], never in bfloat16: a table so rounded, which the residual stream
 * carries to the end, costs as much precision as all the rest.
 */
public final class Embedding {
    private static final int NO_PADDING = -1;

    private final Parameter weight;
    private final int padding;

    /** {@code rows} vectors of {@code width}. */
    public Embedding(Parameters.Path path, int rows, int width, Init init) {
        this(path, rows, width, init, NO_PADDING);
    }

    /**
     * {@code rows} vectors of {@code width} for tokens, of which row {@code padding} gets no gradient, as PyTorch's
     * padding_idx. Where products compute in bfloat16 it is kept in float16, and can only be looked up.
     */
    public Embedding(Parameters.Path path, int rows, int width, Init init, int padding) {
        this.weight = path.weight("weight", init, rows, width);
        this.padding = padding;
        if (path.isInference() && padding != NO_PADDING) {
            weight.pack(WeightUse.TABLE, Window.of(1, 0), path.precision());
        }
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
        Tensor table = weight.tensor();
        Tensor rows = Indexing.gatherRows(table, ids);
        if (padding == NO_PADDING || !Tape.isRecording(table)) {
            return rows;
        }
        Tensor constant = Indexing.gatherRows(table.view(table.shape()), ids); // a view is not recorded
        return Elementwise.where(isPadding(ids), constant, rows);
    }

    /** Mask [ids..., 1]. */
    private Tensor isPadding(Tensor ids) {
        int[] all = ids.toInts();
        boolean[] mask = new boolean[all.length];
        for (int i = 0; i < all.length; i++) {
            mask[i] = all[i] == padding;
        }
        int[] dims = java.util.Arrays.copyOf(ids.shape().dims(), ids.shape().rank() + 1);
        dims[dims.length - 1] = 1;
        return Shapes.reshape(Tensor.of(mask, Shape.of(all.length)), dims);
    }
}
