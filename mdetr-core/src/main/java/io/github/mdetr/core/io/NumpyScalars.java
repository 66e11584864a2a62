package io.github.mdetr.core.io;

import io.github.mdetr.core.number.FloatBits;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's scalars, as arguments and optimizer states hold them ({@code scalar(dtype('f8', ...), bytes)}), and the content of
 * its arrays.
 */
final class NumpyScalars {
    private static final String PLAIN = "save Python numbers instead";

    private NumpyScalars() {}

    static Pickled.NumpyType type(Pickled.Tuple arguments, PickleInput at) throws CheckpointFormatException {
        if (arguments.items.length < 1 || !(arguments.items[0] instanceof String code)) {
            throw at.error("a data type's code for numpy.dtype", arguments.items.length + " arguments", PLAIN);
        }
        if (!code.matches("b1|[iu][1248]|f[248]")) {
            throw at.error("a NumPy type b1, i1 to i8, u1 to u8 or f2 to f8", Excerpt.quote(code), PLAIN);
        }
        return new Pickled.NumpyType(code);
    }

    /** The state is (version, byte order, ...); the rest describes structured types. */
    static void order(Pickled.NumpyType type, Pickled.Tuple state, PickleInput at) throws CheckpointFormatException {
        if (state.items.length < 2 || !(state.items[1] instanceof String order) || !order.matches("[<>|=]")) {
            throw at.error("a byte order for numpy.dtype", state.items.length + " values", PLAIN);
        }
        type.bigEndian = order.equals(">");
    }

    /** The state of an array is (version, shape, type, whether column-major, bytes); of one of objects, a list. */
    static void fill(Pickled.NumpyArray array, Pickled.Tuple state, PickleInput at) throws CheckpointFormatException {
        @Nullable Object[] items = state.items;
        array.state = state;
        if (items.length == 5) {
            fill(array, items[1], items[2], Boolean.TRUE.equals(items[3]), items[4], at);
        }
    }

    /** The arguments are (bytes, type, shape, order), where order is C or F. */
    static void fillFromBuffer(Pickled.NumpyArray array, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        @Nullable Object[] items = arguments.items;
        array.state = arguments;
        if (items.length == 4) {
            fill(array, items[2], items[1], "F".equals(items[3]), items[0], at);
        }
    }

    private static void fill(
            Pickled.NumpyArray array,
            @Nullable Object shapeOf,
            @Nullable Object typeOf,
            boolean columnMajor,
            @Nullable Object content,
            PickleInput at)
            throws CheckpointFormatException {
        if (!(shapeOf instanceof Pickled.Tuple sizes)
                || !(typeOf instanceof Pickled.NumpyType type)
                || !(content instanceof byte[] bytes)) {
            return;
        }
        at.charge(8L * sizes.items.length);
        long[] shape = new long[sizes.items.length];
        for (int i = 0; i < shape.length; i++) {
            if (!(sizes.items[i] instanceof Long size)) {
                return;
            }
            shape[i] = size;
        }
        array.type = type;
        array.shape = shape;
        array.columnMajor = columnMajor;
        array.bytes = bytes;
    }

    static Object scalar(Pickled.Tuple arguments, PickleInput at) throws CheckpointFormatException {
        if (arguments.items.length != 2
                || !(arguments.items[0] instanceof Pickled.NumpyType type)
                || !(arguments.items[1] instanceof byte[] bytes)
                || bytes.length != type.code.charAt(1) - '0') {
            throw at.error("a data type and bytes of its size for a NumPy scalar", "other arguments", PLAIN);
        }
        ByteBuffer value =
                ByteBuffer.wrap(bytes).order(type.bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        return switch (type.code) {
            case "b1" -> value.get() != 0;
            case "i1" -> (long) value.get();
            case "i2" -> (long) value.getShort();
            case "i4" -> (long) value.getInt();
            case "i8" -> value.getLong();
            case "u1" -> value.get() & 0xffL;
            case "u2" -> value.getShort() & 0xffffL;
            case "u4" -> value.getInt() & 0xffffffffL;
            case "u8" -> PickleText.narrow(new java.math.BigInteger(Long.toUnsignedString(value.getLong())));
            case "f2" -> (double) FloatBits.fromHalf(value.getShort());
            case "f4" -> (double) value.getFloat();
            default -> value.getDouble();
        };
    }
}
