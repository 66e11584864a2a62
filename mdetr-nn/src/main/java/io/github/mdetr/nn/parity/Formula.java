package io.github.mdetr.nn.parity;

import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Numbers by formula: value i of key k is base + amp · u(k, i), with
 * u(k, i) = (splitmix64(fnv1a64(k) + i·0x9E3779B97F4A7C15) ⋙ 40)·2⁻²³ − 1, uniform in [−1, 1) and exact in float32.
 * Hash FNV-1a (Fowler, Noll, Vo) of the key's UTF-8 bytes, mixer of SplitMix64 (Steele et al. 2014).
 */
public final class Formula {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Formula() {}

    /** The 64-bit FNV-1a hash of a text's UTF-8 bytes. */
    public static long fnv1a64(String text) {
        long h = 0xCBF29CE484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return h;
    }

    /** The value of a key's hash at {@code index}, in [−1, 1). */
    public static float u(long hash, long index) {
        long x = hash + index * GOLDEN_GAMMA + GOLDEN_GAMMA;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        x ^= x >>> 31;
        return (x >>> 40) * 0x1p-23f - 1;
    }

    /** Fills {@code dst} with base + amp·u(key, i) for i from {@code from} on, in float32. */
    public static void fill(String key, float base, float amp, long from, FloatBuffer dst) {
        long hash = fnv1a64(key);
        for (long i = from; dst.hasRemaining(); i++) {
            dst.put(base + amp * u(hash, i));
        }
    }
}
