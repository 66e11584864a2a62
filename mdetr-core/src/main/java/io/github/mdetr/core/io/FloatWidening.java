package io.github.mdetr.core.io;

import io.github.mdetr.core.number.FloatBits;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Stored floats of one type to float32, in array-sized steps: the compiler does little for loops over buffers. */
final class FloatWidening {
    private static final int STEP = 1 << 12;

    private final StoredType type;
    private final short[] shorts;
    private final double[] doubles;
    private final float[] floats;

    FloatWidening(StoredType type, int elements) {
        int step = Math.min(STEP, elements);
        this.type = type;
        this.shorts = new short[type.bytes() == Short.BYTES ? step : 0];
        this.doubles = new double[type == StoredType.F64 ? step : 0];
        this.floats = new float[type == StoredType.F32 ? 0 : step];
    }

    /** Converts all of {@code chunk}, little-endian, into {@code dst}. */
    void widen(ByteBuffer chunk, FloatBuffer dst) {
        if (type == StoredType.F32) {
            dst.put(chunk.asFloatBuffer());
            return;
        }
        while (chunk.hasRemaining()) {
            int count = Math.min(floats.length, chunk.remaining() / type.bytes());
            switch (type) {
                case F64 -> fromDoubles(chunk, count);
                case F16 -> fromHalves(chunk, count);
                default -> fromBfloat16s(chunk, count);
            }
            chunk.position(chunk.position() + count * type.bytes());
            dst.put(floats, 0, count);
        }
    }

    private void fromDoubles(ByteBuffer chunk, int count) {
        chunk.asDoubleBuffer().get(doubles, 0, count);
        for (int i = 0; i < count; i++) {
            floats[i] = (float) doubles[i];
        }
    }

    private void fromHalves(ByteBuffer chunk, int count) {
        chunk.asShortBuffer().get(shorts, 0, count);
        for (int i = 0; i < count; i++) {
            floats[i] = FloatBits.fromHalf(shorts[i]);
        }
    }

    private void fromBfloat16s(ByteBuffer chunk, int count) {
        chunk.asShortBuffer().get(shorts, 0, count);
        for (int i = 0; i < count; i++) {
            floats[i] = FloatBits.fromBfloat16(shorts[i]);
        }
    }
}
