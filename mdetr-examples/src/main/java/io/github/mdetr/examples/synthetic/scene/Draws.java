package io.github.mdetr.examples.synthetic.scene;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random choices. Of the generator only {@link RandomGenerator#nextLong()} is asked: how a Java release makes other numbers
 * of it is not promised, and a seed must give the same world on all of them.
 */
public final class Draws {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final RandomGenerator source;

    /** Choices made with that generator. */
    public Draws(RandomGenerator source) {
        this.source = source;
    }

    /** Choices of their own for each pair of a seed and an index. */
    public static Draws of(long seed, long index) {
        return new Draws(new SplitMix(mix(mix(seed) ^ mix(index * GOLDEN + GOLDEN))));
    }

    /** A number from 0 to {@code n} − 1, all as likely. */
    public int below(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("a random number below n: expected n of 1 or more, got " + n);
        }
        return (int) (((source.nextLong() >>> 33) * n) >>> 31);
    }

    /** A number from {@code low} to {@code high}. */
    public double uniform(double low, double high) {
        return low + (high - low) * ((source.nextLong() >>> 11) * 0x1p-53);
    }

    /** True so often. */
    public boolean chance(double probability) {
        return uniform(0, 1) < probability;
    }

    /** One of a list that is not empty. */
    public <T> T pick(List<? extends T> list) {
        return list.get(below(list.size()));
    }

    /** A copy of a list in random order. */
    public <T> List<T> shuffled(List<? extends T> list) {
        List<T> copy = new ArrayList<>(list);
        for (int i = copy.size() - 1; i > 0; i--) {
            Collections.swap(copy, i, below(i + 1));
        }
        return copy;
    }

    /** The 64-bit finalizer of SplitMix (Steele, Lea and Flood, OOPSLA 2014, with Stafford's constants). */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }

    /** Java's own SplittableRandom does not promise its numbers. */
    private static final class SplitMix implements RandomGenerator {
        private long state;

        private SplitMix(long state) {
            this.state = state;
        }

        @Override
        public long nextLong() {
            state += GOLDEN;
            return mix(state);
        }
    }
}
