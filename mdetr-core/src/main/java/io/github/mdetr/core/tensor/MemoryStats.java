package io.github.mdetr.core.tensor;

/**
 * What a device's memory holds, in bytes.
 *
 * @param live in use by open tensors
 * @param peak the largest {@code live} since the start or the last reset
 * @param reserved taken from the system, in use or kept for reuse
 * @param cap the most that may be reserved
 * @param blocks number of blocks in use: 0 when every tensor was closed
 */
public record MemoryStats(long live, long peak, long reserved, long cap, long blocks) {}
