package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.Nd4jArrays;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block of the pool, or part of an array that is the user's. Bytes count and are given in the tensors' element type, which
 * is not the memory's where float32 is held as DOUBLE.
 */
final class Nd4jStorage extends Storage {
    private static final int CHUNK = 1 << 18;

    private final Nd4jBackend backend;
    private final BlockPool.@Nullable Block block;
    private final INDArray array;
    private final DataBuffer memory;
    private final DType dtype;
    private final long first;
    private final long elements;
    private final Packing packing;

    Nd4jStorage(Nd4jBackend backend, BlockPool.Block block, DType dtype, long elements, Packing packing) {
        this.backend = backend;
        this.block = block;
        this.array = block.array;
        this.memory = array.data();
        this.dtype = dtype;
        this.first = 0;
        this.elements = elements;
        this.packing = packing;
    }

    /** On the memory of a row-major {@code array}, which stays the user's. */
    Nd4jStorage(Nd4jBackend backend, INDArray array, DType dtype) {
        this.backend = backend;
        this.block = null;
        this.array = array;
        // offsets of views count from the start of the original buffer, also those of views of views
        DataBuffer original = array.data().originalDataBuffer();
        this.memory = original == null ? array.data() : original;
        this.dtype = dtype;
        this.first = original == null ? 0 : array.data().offset();
        this.elements = array.length();
        this.packing = Packing.PLAIN;
    }

    /** The memory as ND4J knows it. */
    DataBuffer memory() {
        return memory;
    }

    /** Index of the first element in {@link #memory()}. */
    long first() {
        return first;
    }

    Packing packing() {
        return packing;
    }

    @Override
    public Device device() {
        return backend;
    }

    @Override
    public long bytes() {
        return elements * dtype.bytes();
    }

    @Override
    public boolean isPacked() {
        return packing != Packing.PLAIN;
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        long at = index(offset, dst.remaining());
        NativeThread.execute(() -> {
            for (long from = at; dst.hasRemaining(); from += CHUNK) {
                int n = Math.min(CHUNK, dst.remaining() / dtype.bytes());
                // a copy of its own, since a buffer on a graphics card comes to the host as a whole
                INDArray part = Nd4j.createUninitializedDetached(Nd4jArrays.type(dtype), n);
                Ops.assign(line(from, n), part);
                dst.put(part.data().asNio().limit(n * dtype.bytes()));
                part.close();
            }
        });
    }

    @Override
    public void write(long offset, ByteBuffer src) {
        long at = index(offset, src.remaining());
        NativeThread.execute(() -> {
            for (long from = at; src.hasRemaining(); from += CHUNK) {
                int n = Math.min(CHUNK, src.remaining() / dtype.bytes());
                INDArray part = taken(src, n);
                Ops.assign(part, line(from, n));
                part.close();
            }
        });
    }

    private INDArray taken(ByteBuffer src, int n) {
        ByteBuffer in = src.slice(src.position(), n * dtype.bytes()).order(ByteOrder.nativeOrder());
        src.position(src.position() + in.remaining());
        switch (dtype) {
            case FLOAT32 -> {
                float[] values = new float[n];
                in.asFloatBuffer().get(values);
                return Nd4j.createFromArray(values);
            }
            case INT32 -> {
                int[] values = new int[n];
                in.asIntBuffer().get(values);
                return Nd4j.createFromArray(values);
            }
            case BOOL -> {
                boolean[] values = new boolean[n];
                for (int i = 0; i < n; i++) {
                    values[i] = in.get() != 0;
                }
                return Nd4j.createFromArray(values);
            }
            default -> throw new IllegalStateException(backend.name() + ": no tensors of " + dtype);
        }
    }

    private INDArray line(long from, long n) {
        return Nd4j.create(memory, new long[] {n}, new long[] {1}, first + from, 'c');
    }

    private long index(long offset, long length) {
        int width = dtype.bytes();
        if (offset < 0 || offset + length > bytes() || offset % width != 0 || length % width != 0) {
            throw new IndexOutOfBoundsException("storage of " + bytes() + " bytes, elements of " + width + ": ["
                    + offset + ", " + (offset + length) + ") is outside or within an element");
        }
        return offset / width;
    }

    @Override
    protected void free() {
        if (block != null) {
            backend.pool().give(block);
        }
    }
}
