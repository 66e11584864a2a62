package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** One element type to another, as Java converts numbers: fractions are cut off; what is not 0 is true. */
interface Conversion {
    /** Converts the first {@code n} elements. */
    void convert(ByteBuffer from, ByteBuffer to, int n);

    /** The conversion between two different types. */
    static Conversion of(DType from, DType to) {
        return switch (from) {
            case FLOAT32 ->
                switch (to) {
                    case INT32 -> Conversion::floatsToInts;
                    case BOOL -> Conversion::floatsToBooleans;
                    default -> throw unknown(from, to);
                };
            case INT32 ->
                switch (to) {
                    case FLOAT32 -> Conversion::intsToFloats;
                    case BOOL -> Conversion::intsToBooleans;
                    default -> throw unknown(from, to);
                };
            case BOOL ->
                switch (to) {
                    case FLOAT32 -> Conversion::booleansToFloats;
                    case INT32 -> Conversion::booleansToInts;
                    default -> throw unknown(from, to);
                };
            case BFLOAT16, FLOAT16 -> throw unknown(from, to);
        };
    }

    private static IllegalArgumentException unknown(DType from, DType to) {
        return new IllegalArgumentException("copy: no conversion from " + from + " to " + to);
    }

    private static void floatsToInts(ByteBuffer from, ByteBuffer to, int n) {
        FloatBuffer x = from.asFloatBuffer();
        IntBuffer y = to.asIntBuffer();
        for (int i = 0; i < n; i++) {
            y.put(i, (int) x.get(i));
        }
    }

    private static void floatsToBooleans(ByteBuffer from, ByteBuffer to, int n) {
        FloatBuffer x = from.asFloatBuffer();
        for (int i = 0; i < n; i++) {
            to.put(i, (byte) (x.get(i) != 0 ? 1 : 0));
        }
    }

    private static void intsToFloats(ByteBuffer from, ByteBuffer to, int n) {
        IntBuffer x = from.asIntBuffer();
        FloatBuffer y = to.asFloatBuffer();
        for (int i = 0; i < n; i++) {
            y.put(i, x.get(i));
        }
    }

    private static void intsToBooleans(ByteBuffer from, ByteBuffer to, int n) {
        IntBuffer x = from.asIntBuffer();
        for (int i = 0; i < n; i++) {
            to.put(i, (byte) (x.get(i) != 0 ? 1 : 0));
        }
    }

    private static void booleansToFloats(ByteBuffer from, ByteBuffer to, int n) {
        FloatBuffer y = to.asFloatBuffer();
        for (int i = 0; i < n; i++) {
            y.put(i, from.get(i));
        }
    }

    private static void booleansToInts(ByteBuffer from, ByteBuffer to, int n) {
        IntBuffer y = to.asIntBuffer();
        for (int i = 0; i < n; i++) {
            y.put(i, from.get(i));
        }
    }
}
