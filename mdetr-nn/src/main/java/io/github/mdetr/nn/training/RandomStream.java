package io.github.mdetr.nn.training;

import java.util.SplittableRandom;

/**
 * What is random in a training, each kind with generators that are functions of the training's seed and a number, so that one
 * that resumes draws what it would have drawn.
 */
enum RandomStream {
    /** The order of a pass over the data. */
    ORDER(1),
    /** The changes of a batch's examples. */
    CHANGES(2),
    /** The dropout of a batch's way through the model. */
    DROPOUT(3);

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final int number;

    RandomStream(int number) {
        this.number = number;
    }

    /**
     * The generator of a batch or a pass. Seeds are mixed: a SplittableRandom counts up from its seed by golden gammas, so that
     * of two seeds a few of them apart one would draw what the other drew, a few draws later.
     */
    SplittableRandom of(long seed, long index) {
        return new SplittableRandom(mix(mix(mix(seed) + number) + index * GOLDEN_GAMMA));
    }

    /** The 64-bit finalizer of SplitMix (Steele, Lea and Flood, OOPSLA 2014, with Stafford's constants). */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
