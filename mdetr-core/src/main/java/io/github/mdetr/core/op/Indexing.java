package io.github.mdetr.core.op;

import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;

/** Picking rows by index. */
public final class Indexing {
    private Indexing() {}

    /**
     * Rows of a table: table [N, ...], float32 or packed for it, ids int32 of any shape, result [ids..., ...]. Embeddings, and selection along the
     * first axis. The gradient adds up where a row was picked several times.
     *
     * @throws IndexOutOfBoundsException naming the first id outside [0, N)
     */
    public static Tensor gatherRows(Tensor table, Tensor ids) {
        Check.table("gatherRows", table);
        Check.type("gatherRows", "ids", ids, DType.INT32);
        Backend b = Check.backend("gatherRows", table, ids);
        Check.that(table.shape().rank() >= 1, "gatherRows: table must have rows, got " + table);
        checkRange(ids.toInts(), table.dim(0));
        Shape shape = table.shape();
        int n = Math.toIntExact(ids.size());
        int width = Math.toIntExact(shape.inner(0));
        Tensor y = Check.empty(table, DType.FLOAT32, rows(ids.shape(), shape));
        try (Tensor flatTable = table.view(Shape.of(shape.dim(0), width));
                Tensor flatIds = ids.view(Shape.of(n));
                Tensor into = y.view(Shape.of(n, width))) {
            b.gatherRows(flatTable, flatIds, into);
        }
        return Tape.op("gatherRows", y)
                .saving(ids)
                .input(table, (g, s) -> {
                    Tensor d = Check.empty(g, shape);
                    b.fill(d, 0);
                    b.scatterAddRows(
                            g.view(Shape.of(n, width)), s[0].view(Shape.of(n)), d.view(Shape.of(shape.dim(0), width)));
                    return d;
                })
                .done();
    }

    private static void checkRange(int[] ids, int rows) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= rows) {
                throw new IndexOutOfBoundsException(
                        "gatherRows: id " + ids[i] + " at position " + i + " is outside the table's " + rows + " rows");
            }
        }
    }

    private static Shape rows(Shape ids, Shape table) {
        int[] d = new int[ids.rank() + table.rank() - 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = i < ids.rank() ? ids.dim(i) : table.dim(i - ids.rank() + 1);
        }
        return Shape.of(d);
    }

    /** 1 at the index given for each line along {@code axis}, 0 elsewhere; {@code index} has extent 1 there. */
    static Tensor oneHot(Tensor index, int axis, int extent) {
        Shape shape = index.shape().with(axis, extent);
        int[] at = index.toInts();
        float[] out = new float[Math.toIntExact(shape.size())];
        int inner = Math.toIntExact(shape.inner(axis));
        for (int i = 0; i < at.length; i++) {
            int line = i / inner;
            out[(line * extent + at[i]) * inner + i % inner] = 1;
        }
        Tensor t = Check.empty(index, shape);
        t.write(java.nio.FloatBuffer.wrap(out));
        return t;
    }
}
