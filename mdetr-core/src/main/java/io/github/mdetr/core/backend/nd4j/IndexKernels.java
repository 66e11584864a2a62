package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.tensor.Tensor;

/** Rows picked by index. */
final class IndexKernels {
    private IndexKernels() {}

    static void gatherRows(Tensor table, Tensor ids, Tensor out) {
        Ops.named("gather", new int[] {0}, Views.of(out), Views.of(table), Views.of(ids));
    }

    static void scatterAddRows(Tensor g, Tensor ids, Tensor table) {
        // the flag keeps it to one thread: without it equal ids race
        Ops.flagged("scatter_add", true, Views.of(table), Views.of(table), Views.of(ids), Views.of(g));
    }
}
