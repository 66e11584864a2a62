package io.github.mdetr.core.io;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link Unpickler} makes of Python's values. None is null; str String; int Long or BigInteger; float Double; bool
 * Boolean; bytes byte[]; list ArrayList. These classes compare by identity, so that nothing recurses through them.
 */
final class Pickled {
    private Pickled() {}

    /** A tuple, also torch.Size. */
    static final class Tuple {
        final @Nullable Object[] items;

        Tuple(@Nullable Object... items) {
            this.items = items;
        }
    }

    /** A dict, OrderedDict or Counter; numbers as keys become text, as in JSON. */
    static final class Dict {
        final Map<String, @Nullable Object> items = new LinkedHashMap<>();
    }

    /** A set or frozenset. */
    static final class Group {
        final List<@Nullable Object> items = new ArrayList<>();
    }

    /** An argparse.Namespace. */
    static final class Namespace {
        final Dict attributes = new Dict();
    }

    /** A complex number. */
    record Complex(double real, double imaginary) {}

    /** A NumPy data type, such as {@code f8}; its byte order is set when it is built. */
    static final class NumpyType {
        final String code;
        boolean bigEndian;

        NumpyType(String code) {
            this.code = code;
        }
    }

    /**
     * A storage that tensors view.
     *
     * @param elements its length in elements of {@code type}
     */
    record Storage(String key, StoredType type, long elements) {
        long bytes() {
            return elements * type.bytes();
        }
    }

    /** A view of a storage, in elements of {@code type}; {@link TorchTensors} makes it and checks that it fits. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Tensor(Storage storage, StoredType type, long offset, long[] shape, long[] strides) {}

    /** Names a value's kind for an error, without going into it. */
    static String describe(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof String text) {
            return "the text " + Excerpt.quote(text);
        }
        if (value instanceof Long || value instanceof Double || value instanceof Boolean) {
            return String.valueOf(value);
        }
        if (value instanceof List) {
            return "a list";
        }
        if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        return value instanceof TorchGlobals.Global global
                ? global.toString()
                : "a " + value.getClass().getSimpleName();
    }

    /** A dict's key as text. Only what hashes at once may be a key, and all of one class, lest a map degrade. */
    static String key(@Nullable Object value, PickleInput at) throws CheckpointFormatException {
        return String.valueOf(element(value, at));
    }

    /** An element of a set, which is a scalar in a checkpoint. */
    static @Nullable Object element(@Nullable Object value, PickleInput at) throws CheckpointFormatException {
        if (value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || (value instanceof BigInteger big && big.bitLength() <= 128)) {
            return value;
        }
        throw at.error(
                "text or a number as key or element of a set",
                describe(value),
                "save the state dict and plain arguments");
    }
}
