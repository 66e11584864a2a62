package io.github.mdetr.core.io;

import java.util.Arrays;

/**
 * What a checkpoint says of one tensor.
 *
 * @param name the state dict's name, verbatim
 * @param type the element type as stored
 * @param shape the sizes, row-major; empty for a scalar; not to be modified
 */
@SuppressWarnings(
        "ArrayRecordComponent") // long[] is what shapes are everywhere else; equals and hashCode are given below
public record TensorInfo(String name, StoredType type, long[] shape) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException for a negative size, or more bytes than fit a long
     */
    public TensorInfo {
        shape = shape.clone();
        if (byteSize(type, shape) < 0) {
            throw new IllegalArgumentException("tensor " + Excerpt.quote(name) + " of shape " + Arrays.toString(shape)
                    + ": expected sizes of at least 0 and less than 2^63 bytes in all");
        }
    }

    /** Number of elements: the product of the shape, 1 for a scalar. */
    public long elements() {
        return byteSize() / type.bytes();
    }

    /** Size in bytes as stored. */
    public long byteSize() {
        return byteSize(type, shape);
    }

    /** Bytes of that shape, or -1 where a size is negative or the product (in the order of the shape) overflows. */
    static long byteSize(StoredType type, long[] shape) {
        long bytes = type.bytes();
        for (long size : shape) {
            long high = Math.multiplyHigh(bytes, size);
            bytes *= size;
            if (size < 0 || high != 0 || bytes < 0) {
                return -1;
            }
        }
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + type.hashCode()) + Arrays.hashCode(shape);
    }

    /** Such as {@code query_embed.weight F32[100, 256]}. */
    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
