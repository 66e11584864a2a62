package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A block in a Java array: {@code float[]}, {@code int[]}, {@code short[]} (bfloat16) or {@code byte[]} (masks). It has
 * no address to give out. What was never written is NaN, so that reading it shows.
 */
final class HeapStorage extends Storage {
    private static final int GARBAGE = 0x7FBADBAD;
    private static final short NAN = 0x7FC0;

    private final ReferenceBackend device;
    private final DType dtype;
    private final int elements;
    private @Nullable Object array;

    HeapStorage(ReferenceBackend device, DType dtype, int elements) {
        this.device = device;
        this.dtype = dtype;
        this.elements = elements;
        this.array = switch (dtype) {
            case FLOAT32 -> {
                float[] a = new float[elements];
                Arrays.fill(a, Float.NaN);
                yield a;
            }
            case INT32 -> {
                int[] a = new int[elements];
                Arrays.fill(a, GARBAGE);
                yield a;
            }
            case BFLOAT16 -> {
                short[] a = new short[elements];
                Arrays.fill(a, NAN);
                yield a;
            }
            case FLOAT16 -> throw new IllegalArgumentException("float16");
            case BOOL -> {
                byte[] a = new byte[elements];
                Arrays.fill(a, (byte) 1);
                yield a;
            }
        };
    }

    /** The Java array: {@code float[]}, {@code int[]}, {@code short[]} or {@code byte[]}. */
    Object array() {
        Object a = array;
        if (a == null) {
            throw new IllegalStateException("storage was freed: a closed tensor is used");
        }
        return a;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public long bytes() {
        return (long) elements * dtype.bytes();
    }

    double get(int i) {
        return switch (dtype) {
            case FLOAT32 -> ((float[]) array())[i];
            case INT32 -> ((int[]) array())[i];
            case BFLOAT16 -> Float.intBitsToFloat(((short[]) array())[i] << 16);
            case FLOAT16 -> throw new IllegalStateException("float16");
            case BOOL -> ((byte[]) array())[i];
        };
    }

    void set(int i, double value) {
        switch (dtype) {
            case FLOAT32 -> ((float[]) array())[i] = (float) value;
            case INT32 -> ((int[]) array())[i] = (int) value;
            case BFLOAT16 -> ((short[]) array())[i] = bfloat16((float) value);
            case FLOAT16 -> throw new IllegalStateException("float16");
            case BOOL -> ((byte[]) array())[i] = (byte) (value != 0 ? 1 : 0);
        }
    }

    /** Rounds to the nearest, ties to even. */
    private static short bfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        if (Float.isNaN(value)) {
            return NAN;
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        int at = element(offset, dst.remaining());
        int n = dst.remaining() / dtype.bytes();
        ByteBuffer b = dst.duplicate().order(ByteOrder.nativeOrder());
        switch (dtype) {
            case FLOAT32 -> b.asFloatBuffer().put((float[]) array(), at, n);
            case INT32 -> b.asIntBuffer().put((int[]) array(), at, n);
            case BFLOAT16 -> b.asShortBuffer().put((short[]) array(), at, n);
            case FLOAT16 -> throw new IllegalStateException("float16");
            case BOOL -> b.put((byte[]) array(), at, n);
        }
        dst.position(dst.limit());
    }

    @Override
    public void write(long offset, ByteBuffer src) {
        int at = element(offset, src.remaining());
        int n = src.remaining() / dtype.bytes();
        ByteBuffer b = src.duplicate().order(ByteOrder.nativeOrder());
        switch (dtype) {
            case FLOAT32 -> b.asFloatBuffer().get((float[]) array(), at, n);
            case INT32 -> b.asIntBuffer().get((int[]) array(), at, n);
            case BFLOAT16 -> b.asShortBuffer().get((short[]) array(), at, n);
            case FLOAT16 -> throw new IllegalStateException("float16");
            case BOOL -> b.get((byte[]) array(), at, n);
        }
        src.position(src.limit());
    }

    private int element(long offset, int length) {
        if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0 || offset < 0 || offset + length > bytes()) {
            throw new IndexOutOfBoundsException("reference storage: bytes [" + offset + ", " + (offset + length)
                    + ") are not whole elements of a block of " + elements + " " + dtype);
        }
        return Math.toIntExact(offset / dtype.bytes());
    }

    @Override
    protected void free() {
        array = null;
        device.freed(bytes());
    }
}
