package io.github.mdetr.nn.training;

import java.util.SplittableRandom;

/**
 * Which examples a batch is made of: each pass over the data takes them in a new order, and what does not fill a batch is left
 * out. An epoch is a pass, or one of several equal chunks of it. A pure function of the batch's number, so that training that
 * resumes at any step sees what it would have seen. For several threads.
 */
public final class EpochSampler {
    private final int count;
    private final int batch;
    private final int chunks;
    private final long seed;
    private int[] order = {};
    private long pass = -1;

    /**
     * Over so many examples.
     *
     * @param chunks epochs of a pass, 1 for the usual
     * @throws IllegalArgumentException when a chunk does not fill a batch
     */
    public EpochSampler(int count, int batch, int chunks, long seed) {
        if (batch < 1 || chunks < 1 || count / chunks < batch) {
            throw new IllegalArgumentException("sampler: expected at least one batch in each epoch, got " + count
                    + " examples in " + chunks + " chunk" + (chunks == 1 ? "" : "s") + " for batches of " + batch
                    + "; take smaller batches or more examples");
        }
        this.count = count;
        this.batch = batch;
        this.chunks = chunks;
        this.seed = seed;
    }

    /** Batches of an epoch. */
    public long batchesPerEpoch() {
        return count / chunks / batch;
    }

    /** The examples of a batch, counted from 0. */
    public int[] indices(long index) {
        long epoch = index / batchesPerEpoch();
        int[] indices = order(epoch / chunks);
        int from = (int) (epoch % chunks) * (count / chunks) + (int) (index % batchesPerEpoch()) * batch;
        int[] out = new int[batch];
        System.arraycopy(indices, from, out, 0, batch);
        return out;
    }

    private synchronized int[] order(long wanted) {
        if (pass != wanted) {
            order = shuffled(RandomStream.ORDER.of(seed, wanted));
            pass = wanted;
        }
        return order;
    }

    /** Fisher and Yates. */
    private int[] shuffled(SplittableRandom random) {
        int[] made = new int[count];
        for (int i = 0; i < count; i++) {
            int j = random.nextInt(i + 1);
            made[i] = made[j];
            made[j] = i;
        }
        return made;
    }
}
