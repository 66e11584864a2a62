package io.github.mdetr.core.tensor;

import io.github.mdetr.core.number.FloatBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of numbers off the Java heap: row-major, of one {@link DType}, on one {@link Device}.
 *
 * <p>Shape and type never change. Operations are static functions in {@code io.github.mdetr.core.op}; what is here makes
 * tensors, reads them and lets go of them. Memory is given back by {@link #close}, by the {@link Scope} that the tensor
 * was made in, never by the garbage collector. Using a closed tensor is an error that says so.
 *
 * <p>Safe to read from several threads; to be closed by one.
 */
public final class Tensor implements AutoCloseable {
    private final Shape shape;
    private final DType dtype;
    private final Storage storage;
    private final long offset;
    private boolean closed;

    private Tensor(Shape shape, DType dtype, Storage storage, long offset) {
        this.shape = shape;
        this.dtype = dtype;
        this.storage = storage;
        this.offset = offset;
    }

    // ---- making ----

    /** A tensor on {@code storage}, taking over the caller's reference to it; registered in the open scope. */
    public static Tensor on(Storage storage, DType dtype, Shape shape) {
        Tensor t = new Tensor(shape, dtype, storage, 0);
        Scope.register(t);
        return t;
    }

    /** An uninitialized tensor on {@code device}. */
    public static Tensor empty(Device device, DType dtype, Shape shape) {
        Cancellation.checkpoint();
        return on(device.allocate(dtype, shape.size()), dtype, shape);
    }

    /** An uninitialized float tensor on the current device. */
    public static Tensor empty(Shape shape) {
        return empty(Device.current(), DType.FLOAT32, shape);
    }

    /**
     * A float tensor of {@code values} in row-major order; without a shape it has one axis, or none for one value.
     *
     * @throws IllegalArgumentException when the shape does not hold as many values
     */
    public static Tensor of(float[] values, int... shape) {
        Shape s = checked(values.length, shape);
        Tensor t = empty(s);
        t.write(FloatBuffer.wrap(values));
        return t;
    }

    /** An integer tensor of {@code values} in row-major order. */
    public static Tensor of(int[] values, Shape shape) {
        check(values.length, shape);
        Tensor t = empty(Device.current(), DType.INT32, shape);
        ByteBuffer b = buffer(4L * values.length);
        b.asIntBuffer().put(values);
        t.storage.write(0, b);
        return t;
    }

    /** A mask of {@code values} in row-major order. */
    public static Tensor of(boolean[] values, Shape shape) {
        check(values.length, shape);
        Tensor t = empty(Device.current(), DType.BOOL, shape);
        ByteBuffer b = buffer(values.length);
        for (boolean v : values) {
            b.put((byte) (v ? 1 : 0));
        }
        t.storage.write(0, b.flip());
        return t;
    }

    /** A float tensor of one value without axes. */
    public static Tensor scalar(float value) {
        return of(new float[] {value});
    }

    /** A float tensor of zeros on the current device. */
    public static Tensor zeros(int... shape) {
        return full(0, shape);
    }

    /** A float tensor of one value repeated, on the current device. */
    public static Tensor full(float value, int... shape) {
        Tensor t = empty(Shape.of(shape));
        t.fillAll(value);
        return t;
    }

    /** A tensor on the memory of {@code array} where its layout allows, else on a copy of it. */
    public static Tensor of(INDArray array) {
        return Device.current().wrap(array);
    }

    /** An array on this tensor's memory; use it only while this tensor is open. */
    public INDArray toINDArray() {
        live();
        checkPlain("toINDArray: the tensor");
        return storage.device().toINDArray(this);
    }

    private static Shape checked(int values, int... shape) {
        Shape s = shape.length == 0 && values != 1 ? Shape.of(values) : Shape.of(shape);
        check(values, s);
        return s;
    }

    private static void check(int values, Shape shape) {
        if (shape.size() != values) {
            throw new IllegalArgumentException("shape " + shape + " holds " + shape.size() + " values, got " + values);
        }
    }

    // ---- what it is ----

    /** Extents, row-major. */
    public Shape shape() {
        return shape;
    }

    /** Extent along {@code axis}, counted from the end when negative. */
    public int dim(int axis) {
        return shape.dim(axis);
    }

    /** Number of elements. */
    public long size() {
        return shape.size();
    }

    /** Element type. */
    public DType dtype() {
        return dtype;
    }

    /** The device it lives on. */
    public Device device() {
        return storage.device();
    }

    /** Its block of memory; views share it. For backends. */
    public Storage storage() {
        live();
        return storage;
    }

    /** First element's index in the block. For backends. */
    public long offset() {
        return offset;
    }

    /** True for weights laid out by a backend for its own kernels; they are read after unpacking only. */
    public boolean isPacked() {
        return storage.isPacked();
    }

    /** True once closed. */
    public boolean isClosed() {
        return closed;
    }

    // ---- views: the same memory, not recorded for gradients; operations of that name are ----

    /** The same elements under another shape of the same size. */
    public Tensor view(Shape newShape) {
        if (!newShape.equals(shape)) {
            checkPlain("view: the tensor");
        }
        if (newShape.size() != shape.size()) {
            throw new IllegalArgumentException("view: shape " + newShape + " holds " + newShape.size() + " elements, "
                    + shape + " has " + shape.size());
        }
        return alias(newShape, offset, true);
    }

    /** Elements {@code from} to {@code from + count} along the first axis. */
    public Tensor rows(int from, int count) {
        checkPlain("rows: the tensor");
        long to = (long) from + count;
        if (from < 0 || count < 0 || to > shape.dim(0)) {
            throw new IllegalArgumentException(
                    "rows [" + from + ", " + to + ") of shape " + shape + ": expected within 0.." + shape.dim(0));
        }
        return alias(shape.with(0, count), offset + from * shape.inner(0), true);
    }

    /** A second handle on the same elements that no scope owns; the caller closes it. */
    public Tensor retained() {
        return alias(shape, offset, false);
    }

    private Tensor alias(Shape s, long first, boolean scoped) {
        live();
        storage.retain();
        Tensor t = new Tensor(s, dtype, storage, first);
        if (scoped) {
            Scope.register(t);
        }
        return t;
    }

    // ---- reading and writing by copy ----

    /** All values of a float tensor, row-major. */
    public float[] toFloats() {
        float[] out = new float[Math.toIntExact(size())];
        read(FloatBuffer.wrap(out));
        return out;
    }

    /** Copies the first {@code dst.remaining()} values of a float tensor; those of 16 bits are widened. */
    public void read(FloatBuffer dst) {
        if (dtype == DType.BFLOAT16 || dtype == DType.FLOAT16) {
            readHalves(dst);
            return;
        }
        require(DType.FLOAT32, "read floats");
        if (dst.remaining() > size()) {
            throw new IllegalArgumentException("read: " + dst.remaining() + " values of shape " + shape);
        }
        ByteBuffer b = buffer(Math.min(CHUNK, 4L * dst.remaining()));
        for (long at = 4 * offset; dst.hasRemaining(); at += b.limit()) {
            b.clear().limit((int) Math.min(b.capacity(), 4L * dst.remaining()));
            storage.read(at, b);
            dst.put(b.flip().asFloatBuffer());
        }
    }

    private void readHalves(FloatBuffer dst) {
        if (dst.remaining() > size()) {
            throw new IllegalArgumentException("read: " + dst.remaining() + " values of shape " + shape);
        }
        ByteBuffer b = buffer(Math.min(CHUNK, 2L * dst.remaining()));
        for (long at = 2 * offset; dst.hasRemaining(); at += b.limit()) {
            b.clear().limit((int) Math.min(b.capacity(), 2L * dst.remaining()));
            storage.read(at, b);
            b.flip();
            while (b.hasRemaining()) {
                short bits = b.getShort();
                dst.put(dtype == DType.BFLOAT16 ? FloatBits.fromBfloat16(bits) : FloatBits.fromHalf(bits));
            }
        }
    }

    /** Overwrites the first {@code src.remaining()} values of a float tensor. */
    public void write(FloatBuffer src) {
        require(DType.FLOAT32, "write floats");
        if (src.remaining() > size()) {
            throw new IllegalArgumentException("write: " + src.remaining() + " values into shape " + shape);
        }
        writeAt(0, src);
    }

    /** Overwrites values from element {@code from} on. */
    public void writeAt(long from, FloatBuffer src) {
        require(DType.FLOAT32, "write floats");
        if (from < 0 || from + src.remaining() > size()) {
            throw new IllegalArgumentException(
                    "write: elements [" + from + ", " + (from + src.remaining()) + ") of shape " + shape);
        }
        ByteBuffer b = buffer(Math.min(CHUNK, 4L * src.remaining()));
        long at = 4 * (offset + from);
        while (src.hasRemaining()) {
            int n = Math.min(b.capacity() / 4, src.remaining());
            b.clear().limit(4 * n);
            b.asFloatBuffer().put(src.slice(src.position(), n));
            src.position(src.position() + n);
            storage.write(at, b);
            at += 4L * n;
        }
    }

    /**
     * Overwrites all values of a float tensor with those of {@code source}, a part at a time, so that they are never all
     * on the heap.
     *
     * @throws IllegalArgumentException when the source leaves room in a buffer
     */
    public void write(FloatSource source) {
        require(DType.FLOAT32, "write floats");
        ByteBuffer b = buffer(Math.min(CHUNK, 4 * size()));
        for (long at = 0; at < size(); at += b.limit() / 4) {
            b.clear().limit((int) Math.min(b.capacity(), 4 * (size() - at)));
            FloatBuffer values = b.asFloatBuffer();
            source.read(at, values);
            if (values.hasRemaining()) {
                throw new IllegalArgumentException("write: the source gave " + values.position()
                        + " values from element " + at + " on, expected " + values.limit());
            }
            storage.write(4 * (offset + at), b);
        }
    }

    private void fillAll(float value) {
        float[] chunk = new float[(int) Math.min(size(), CHUNK / 4)];
        Arrays.fill(chunk, value);
        for (long at = 0; at < size(); at += chunk.length) {
            writeAt(at, FloatBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, size() - at)));
        }
    }

    /** All values of an integer tensor, row-major. */
    public int[] toInts() {
        require(DType.INT32, "read integers");
        ByteBuffer b = buffer(4 * size());
        storage.read(4 * offset, b);
        int[] out = new int[Math.toIntExact(size())];
        b.flip().asIntBuffer().get(out);
        return out;
    }

    /** All values of a mask, row-major. */
    public boolean[] toBooleans() {
        require(DType.BOOL, "read a mask");
        ByteBuffer b = buffer(size());
        storage.read(offset, b);
        boolean[] out = new boolean[Math.toIntExact(size())];
        for (int i = 0; i < out.length; i++) {
            out[i] = b.get(i) != 0;
        }
        return out;
    }

    /** The value of a float tensor of one element. */
    public float item() {
        if (size() != 1) {
            throw new IllegalArgumentException("item: expected one element, got shape " + shape);
        }
        return toFloats()[0];
    }

    private static final int CHUNK = 1 << 20;

    private static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    private void require(DType expected, String what) {
        live();
        if (dtype != expected) {
            throw new IllegalArgumentException(what + ": expected " + expected + ", got " + this);
        }
        checkPlain(what + ": the tensor");
    }

    /**
     * Checks that the elements lie in order, for who reads them.
     *
     * @param what the operation and this tensor's part in it, for the error
     * @throws IllegalArgumentException when this is a packed weight
     */
    public void checkPlain(String what) {
        if (isPacked()) {
            throw new IllegalArgumentException(what + " is a weight packed for " + device().name()
                    + ", which only products and convolutions take; unpack it first (Parameter.values() does)");
        }
    }

    private void live() {
        if (closed) {
            throw new IllegalStateException("tensor " + this + " is closed: it was used after its scope ended, keep it"
                    + " with Scope.keep or retained()");
        }
    }

    /** Lets go of the memory; closing again does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            storage.release();
        }
    }

    @Override
    public String toString() {
        return "Tensor(" + dtype + shape + ")";
    }
}
