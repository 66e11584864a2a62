package io.github.mdetr.core.io;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Storages and the tensors that view them, as a pickle of torch.save names them; every view is checked to fit. */
final class TorchTensors {
    private static final int MAX_RANK = 64;
    private static final String RESAVE = "load it in PyTorch and save its state dict again with torch.save";

    private final Map<String, Pickled.Storage> storages = new LinkedHashMap<>();

    /** The storages met, by key. */
    Map<String, Pickled.Storage> storages() {
        return storages;
    }

    /**
     * ('storage', class, key, location, elements) and, in the legacy format, a view, which is None since PyTorch 0.4; there
     * also ('module', class, source file, source) for the class of a pickled module. One of an unknown class stays inert.
     */
    Object storage(@Nullable Object id, PickleInput at) throws CheckpointFormatException {
        if (id instanceof Pickled.Tuple module && module.items.length > 1 && "module".equals(module.items[0])) {
            return module.items[1] == null ? new Pickled.Inert(null, module, at.operationPosition()) : module.items[1];
        }
        if (!(id instanceof Pickled.Tuple tuple) || tuple.items.length < 5 || !"storage".equals(tuple.items[0])) {
            throw at.error("the persistent id of a storage", Pickled.describe(id), RESAVE);
        }
        @Nullable Object[] items = tuple.items;
        if (items[1] instanceof Pickled.Unknown unknown) {
            return Pickled.Inert.tensorOf(unknown);
        }
        if (!(items[1] instanceof TorchGlobals.Global type)
                || type.kind() != TorchGlobals.Kind.STORAGE
                || type.type() == null) {
            throw at.error("a storage's class", Pickled.describe(items[1]), RESAVE);
        }
        if (!(items[2] instanceof String key) || !(items[4] instanceof Long elements)) {
            throw at.error(
                    "a storage's key and number of elements",
                    Pickled.describe(items[2]) + " and " + Pickled.describe(items[4]),
                    RESAVE);
        }
        if (items.length > 5 && items[5] != null) {
            throw at.error("a whole storage", "a view of one, as PyTorch before 0.4 wrote them", RESAVE);
        }
        if (elements < 0 || elements > Long.MAX_VALUE / type.type().bytes()) {
            throw at.error(
                    "from 0 to 2^63 bytes in storage " + Excerpt.quote(key),
                    elements + " elements",
                    PickleInput.HOSTILE);
        }
        Pickled.Storage storage = new Pickled.Storage(key, type.type(), elements, null);
        Pickled.Storage known = storages.putIfAbsent(key, storage);
        if (known != null && !known.equals(storage)) {
            throw at.error(
                    "storage " + Excerpt.quote(key) + " as before, " + known.elements() + " of " + known.type(),
                    elements + " of " + storage.type(),
                    PickleInput.HOSTILE);
        }
        return known != null ? known : storage;
    }

    /** (storage, offset, size, stride, ...) of _rebuild_tensor and _v2; _v3 adds the element type as seventh. */
    Pickled.Tensor rebuild(@Nullable Object[] arguments, PickleInput at) throws CheckpointFormatException {
        if (arguments.length < 4
                || !(arguments[0] instanceof Pickled.Storage storage)
                || !(arguments[1] instanceof Long offset)) {
            throw at.error("a storage, an offset, sizes and strides", arguments.length + " arguments", RESAVE);
        }
        StoredType type = storage.type();
        if (arguments.length > 6 && TorchGlobals.isKind(arguments[6], TorchGlobals.Kind.TYPE)) {
            StoredType given = ((TorchGlobals.Global) arguments[6]).type();
            type = given == null ? type : given;
        }
        long[] shape = numbers(arguments[2], "sizes", at);
        long[] strides = numbers(arguments[3], "strides", at);
        if (shape.length != strides.length) {
            throw at.error(
                    "as many strides as sizes, " + shape.length, String.valueOf(strides.length), PickleInput.HOSTILE);
        }
        if (TensorInfo.byteSize(type, shape) < 0) {
            throw at.error(
                    "a shape of fewer than 2^63 bytes",
                    type + Arrays.toString(shape) + ", which overflows",
                    PickleInput.HOSTILE);
        }
        at.charge(64 + 16L * shape.length);
        long room = storage.bytes() / type.bytes();
        boolean empty = TensorInfo.byteSize(type, shape) == 0;
        long end = empty ? offset : end(offset, shape, strides);
        if (offset < 0 || end < 0 || end > room) {
            throw at.error(
                    "a view within the " + room + " elements of storage " + Excerpt.quote(storage.key()),
                    "offset " + offset + ", shape " + Arrays.toString(shape) + ", strides " + Arrays.toString(strides)
                            + (end < 0 ? ", which overflows" : ""),
                    PickleInput.HOSTILE);
        }
        return new Pickled.Tensor(storage, type, offset, shape, strides);
    }

    /** The tensor of a NumPy array, whose bytes lie in the pickle; laid out row-major and little-endian. */
    Object of(Pickled.NumpyArray array, PickleInput at) throws CheckpointFormatException {
        Pickled.NumpyType numpy = array.type;
        StoredType type = numpy == null ? null : numpy.stored();
        if (numpy == null || type == null) {
            return Pickled.Inert.tensorOf(Pickled.Inert.refused(
                    at,
                    "a NumPy array of a type that tensors have",
                    numpy == null ? "one of objects, or not filled" : numpy.code,
                    RESAVE));
        }
        long bytes = Arrays.stream(array.shape).anyMatch(size -> size < 0) || array.shape.length > MAX_RANK
                ? -1
                : TensorInfo.byteSize(type, array.shape);
        if (bytes != array.bytes.length) {
            throw at.error(
                    "the bytes of a NumPy array " + type + Arrays.toString(array.shape),
                    array.bytes.length + " bytes",
                    PickleInput.HOSTILE);
        }
        at.charge(bytes + 16L * array.shape.length);
        byte[] data = array.bytes.clone();
        if (numpy.bigEndian) {
            reverse(data, type.bytes());
        }
        if (array.columnMajor && bytes > 0) {
            data = rowMajor(data, array.shape, type.bytes());
        }
        Pickled.Storage storage = new Pickled.Storage("", type, bytes / type.bytes(), data);
        return new Pickled.Tensor(storage, type, 0, array.shape, rowMajorStrides(array.shape));
    }

    private static void reverse(byte[] data, int width) {
        for (int from = 0; from < data.length; from += width) {
            for (int i = 0; i < width / 2; i++) {
                byte swap = data[from + i];
                data[from + i] = data[from + width - 1 - i];
                data[from + width - 1 - i] = swap;
            }
        }
    }

    private static byte[] rowMajor(byte[] columns, long[] shape, int width) {
        byte[] rows = new byte[columns.length];
        int[] index = new int[shape.length];
        for (int to = 0; to < rows.length; to += width) {
            long from = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from = from * shape[axis] + index[axis];
            }
            System.arraycopy(columns, (int) from * width, rows, to, width);
            for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return rows;
    }

    private static long[] rowMajorStrides(long[] shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = step;
            step *= Math.max(1, shape[axis]);
        }
        return strides;
    }

    /** One behind the last element that the view reaches; -1 where that overflows. */
    private static long end(long offset, long[] shape, long[] strides) {
        long reach = 1;
        try {
            for (int axis = 0; axis < shape.length; axis++) {
                reach = Math.addExact(reach, Math.multiplyExact(shape[axis] - 1, strides[axis]));
            }
            return Math.addExact(offset, reach);
        } catch (ArithmeticException e) {
            return -1;
        }
    }

    private static long[] numbers(@Nullable Object value, String what, PickleInput at)
            throws CheckpointFormatException {
        if (!(value instanceof Pickled.Tuple tuple) || tuple.items.length > MAX_RANK) {
            throw at.error("a tuple of at most " + MAX_RANK + " " + what, Pickled.describe(value), PickleInput.HOSTILE);
        }
        long[] numbers = new long[tuple.items.length];
        for (int i = 0; i < numbers.length; i++) {
            if (!(tuple.items[i] instanceof Long number) || number < 0) {
                throw at.error(what + " of at least 0", Pickled.describe(tuple.items[i]), PickleInput.HOSTILE);
            }
            numbers[i] = number;
        }
        return numbers;
    }
}
