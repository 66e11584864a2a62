package io.github.mdetr.core.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the globals of a checkpoint's pickle stand for. Those of {@link TorchNames} give plain values; any other stays a name
 * ({@link Pickled.Unknown}), and what Python would make by calling it stays {@link Pickled.Inert}. Nothing is ever run.
 */
final class TorchGlobals implements PickleGlobals {
    /** What calling a global gives. */
    enum Kind {
        DICT,
        DEFAULT_DICT,
        LIST,
        NAMESPACE,
        RECONSTRUCTOR,
        OBJECT,
        SET,
        BYTES,
        ENCODE,
        COMPLEX,
        PATH,
        TENSOR,
        PARAMETER,
        TENSOR_OF_CLASS,
        TENSOR_CLASS,
        DEVICE_TENSOR,
        META_TENSOR,
        SIZE,
        DEVICE,
        STORAGE,
        TYPE,
        NUMPY_SCALAR,
        NUMPY_TYPE
    }

    /**
     * An allowed global.
     *
     * @param type the element type of a storage class or torch.dtype; null for types that are not read
     */
    record Global(
            String module, String name, Kind kind, @Nullable StoredType type) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    static final String NOT_PLAIN =
            "only state dicts and plain arguments are read: save torch.save({'model': model.state_dict(), 'args': args})";
    private static final int MAX_DEVICE = 64;
    private static final int REFUSAL_BYTES = 1 << 12; // of the exception that tells it

    // Positions among the arguments of torch._utils._rebuild_…
    private static final int REQUIRES_GRAD = 4;
    private static final int ELEMENT_TYPE = 6;

    private final TorchTensors tensors;

    TorchGlobals(TorchTensors tensors) {
        this.tensors = tensors;
    }

    @Override
    public Object find(String module, String name, PickleInput at) {
        Global global = TorchNames.find(module, name);
        return global != null ? global : new Pickled.Unknown(module, name, at.operationPosition());
    }

    @Override
    public @Nullable Object call(@Nullable Object callable, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        if (callable instanceof Pickled.Unknown unknown) {
            if (TorchNames.isNumpyBuffer(unknown)) {
                Pickled.NumpyArray array = new Pickled.NumpyArray(unknown, unknown.at);
                NumpyScalars.fillFromBuffer(array, arguments, at);
                return array;
            }
            return unknown(unknown, arguments);
        }
        if (callable instanceof Pickled.Inert) {
            return new Pickled.Inert(callable, arguments, at.operationPosition());
        }
        if (!(callable instanceof Global global)) {
            throw at.error("REDUCE on a function or class", Pickled.describe(callable), NOT_PLAIN);
        }
        return switch (global.kind) {
            case TENSOR, PARAMETER, TENSOR_OF_CLASS, DEVICE_TENSOR, META_TENSOR -> tensor(global, arguments, at);
            case OBJECT, STORAGE, TYPE, TENSOR_CLASS ->
                throw at.error("REDUCE on a function that checkpoints call", global.toString(), NOT_PLAIN);
            default -> {
                try {
                    yield value(global, arguments, at);
                } catch (CheckpointFormatException e) {
                    if (e.fix().equals(PickleInput.HOSTILE)) {
                        throw e;
                    }
                    at.charge(REFUSAL_BYTES);
                    yield Pickled.Inert.refused(at, e.expected(), e.got(), e.fix());
                }
            }
        };
    }

    private static Pickled.Inert unknown(Pickled.Unknown callable, Pickled.Tuple arguments) {
        if (TorchNames.isNumpyArray(callable, arguments)) {
            return new Pickled.NumpyArray(callable, callable.at);
        }
        Pickled.Inert inert = new Pickled.Inert(callable, arguments, callable.at);
        inert.tensor = TorchNames.makesTensor(callable);
        return inert;
    }

    private @Nullable Object value(Global global, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        @Nullable Object[] a = arguments.items;
        return switch (global.kind) {
            case DICT -> dict(a, at);
            case DEFAULT_DICT -> dict(a.length == 0 ? a : Arrays.copyOfRange(a, 1, a.length), at);
            case LIST -> list(global, arguments, at);
            case NAMESPACE -> construct(global, arguments, at);
            case RECONSTRUCTOR -> reconstructed(a, at);
            case SET -> group(a, at);
            case BYTES, ENCODE -> bytes(a, at);
            case COMPLEX -> {
                if (a.length == 2 && a[0] instanceof Double real && a[1] instanceof Double imaginary) {
                    yield new Pickled.Complex(real, imaginary);
                }
                throw arguments(global, "two floats", arguments, at);
            }
            case PATH -> path(global, arguments, at);
            case SIZE -> {
                if (a.length == 1 && a[0] instanceof Pickled.Tuple sizes) {
                    yield sizes;
                }
                throw arguments(global, "a tuple", arguments, at);
            }
            case DEVICE -> {
                if (a.length >= 1 && a[0] instanceof String device && device.length() <= MAX_DEVICE) {
                    yield a.length == 2 && a[1] instanceof Long index ? device + ":" + index : device;
                }
                throw arguments(global, "a device's name", arguments, at);
            }
            case NUMPY_TYPE -> NumpyScalars.type(arguments, at);
            case NUMPY_SCALAR -> NumpyScalars.scalar(arguments, at);
            default -> throw arguments(global, "other arguments", arguments, at);
        };
    }

    /** A tensor; one that depends on what is not known stands for an error. */
    private Object tensor(Global global, Pickled.Tuple arguments, PickleInput at) throws CheckpointFormatException {
        @Nullable Object[] a = arguments.items;
        if (global.kind == Kind.TENSOR_OF_CLASS) { // (function, class, its arguments, state)
            if (a.length > 0 && a[0] instanceof Pickled.Unknown function) {
                return Pickled.Inert.tensorOf(function);
            }
            if (a.length < 3 || !(a[0] instanceof Global function) || !(a[2] instanceof Pickled.Tuple of)) {
                throw arguments(global, "a function, a class and arguments", arguments, at);
            }
            boolean plain = isKind(a[1], Kind.TENSOR_CLASS) && function.kind != Kind.TENSOR_OF_CLASS;
            return plain ? Objects.requireNonNull(call(function, of, at)) : unread(a[1], global);
        }
        for (int i = 0; i < a.length; i++) {
            boolean used = i < REQUIRES_GRAD || (i == ELEMENT_TYPE && global.kind == Kind.TENSOR);
            boolean array = global.kind == Kind.DEVICE_TENSOR && a[i] instanceof Pickled.NumpyArray;
            if (used && !array && (a[i] instanceof Pickled.Inert || a[i] instanceof Pickled.Unknown)) {
                return Pickled.Inert.tensorOf(Objects.requireNonNull(a[i]));
            }
        }
        switch (global.kind) {
            case TENSOR -> {
                return tensors.rebuild(a, at);
            }
            case META_TENSOR -> {
                Pickled.Inert meta = Pickled.Inert.refused(
                        at,
                        "tensors with values",
                        "one on the device 'meta', which has none",
                        "load the weights before saving, or save from the device that has them");
                meta.tensor = true;
                return meta;
            }
            default -> {
                if (a.length >= 3 && a[0] instanceof Pickled.Tensor tensor) {
                    return tensor;
                }
                if (a.length >= 3 && a[0] instanceof Pickled.NumpyArray array) {
                    return tensors.of(array, at);
                }
                throw arguments(global, "a tensor, and what it is for", arguments, at);
            }
        }
    }

    private static Pickled.Inert unread(@Nullable Object part, Object otherwise) {
        return Pickled.Inert.tensorOf(
                part instanceof Pickled.Unknown || part instanceof Pickled.Inert ? part : otherwise);
    }

    /** What protocols below 2 make of a class, its first base that is not Python's own, and that one's value. */
    private Object reconstructed(@Nullable Object[] a, PickleInput at) throws CheckpointFormatException {
        if (a.length == 3 && a[0] instanceof Pickled.Unknown type) {
            return new Pickled.Inert(type, new Pickled.Tuple(a), type.at);
        }
        boolean plain = a.length == 3 && isKind(a[1], Kind.OBJECT) && a[2] == null;
        return construct(plain ? a[0] : null, new Pickled.Tuple(), at);
    }

    @Override
    public Object construct(@Nullable Object type, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        if (type instanceof Pickled.Unknown unknown) {
            return unknown(unknown, arguments);
        }
        if (type instanceof Pickled.Inert || isKind(type, Kind.OBJECT)) {
            return new Pickled.Inert(type, arguments, at.operationPosition());
        }
        if (arguments.items.length == 0) {
            if (isKind(type, Kind.NAMESPACE)) {
                return new Pickled.Namespace();
            }
            if (isKind(type, Kind.DICT) || isKind(type, Kind.DEFAULT_DICT)) {
                return new Pickled.Dict();
            }
        }
        throw at.error("a new argparse.Namespace", Pickled.describe(type), NOT_PLAIN);
    }

    @Override
    public void build(@Nullable Object object, @Nullable Object state, PickleInput at)
            throws CheckpointFormatException {
        if (object instanceof Pickled.NumpyArray array && state instanceof Pickled.Tuple content) {
            NumpyScalars.fill(array, content, at);
        } else if (object instanceof Pickled.Inert inert) {
            inert.state = state;
        } else if (object instanceof Pickled.Namespace namespace && state instanceof Pickled.Dict attributes) {
            copy(attributes, namespace.attributes, at);
        } else if (object instanceof Pickled.NumpyType type && state instanceof Pickled.Tuple order) {
            NumpyScalars.order(type, order, at);
        } else if (!(object instanceof Pickled.Dict && state instanceof Pickled.Dict)) {
            // On a state dict it is the attribute _metadata, module versions that nothing here needs.
            throw at.error(
                    "BUILD on a Namespace or OrderedDict with a dict",
                    Pickled.describe(object) + " with " + Pickled.describe(state),
                    NOT_PLAIN);
        }
    }

    @Override
    public Object persistent(@Nullable Object id, PickleInput at) throws CheckpointFormatException {
        return tensors.storage(id, at);
    }

    static boolean isKind(@Nullable Object value, Kind kind) {
        return value instanceof Global global && global.kind == kind;
    }

    /** OrderedDict() or Counter({}); Python 2 gives the items as a list of pairs. */
    private static Pickled.Dict dict(@Nullable Object[] a, PickleInput at) throws CheckpointFormatException {
        Pickled.Dict dict = new Pickled.Dict();
        if (a.length == 1 && a[0] instanceof Pickled.Dict items) {
            copy(items, dict, at);
        } else if (a.length == 1 && a[0] instanceof List<?> pairs) {
            at.charge(16L * pairs.size());
            for (Object pair : pairs) {
                if (pair instanceof Pickled.Tuple tuple && tuple.items.length == 2) {
                    dict.put(tuple.items[0], tuple.items[1], at);
                } else if (pair instanceof List<?> list && list.size() == 2) {
                    dict.put(list.get(0), list.get(1), at);
                } else {
                    throw at.error("pairs of keys and values", Pickled.describe(pair), NOT_PLAIN);
                }
            }
        } else if (a.length != 0) {
            throw at.error("a dict's items", Pickled.describe(a[0]), NOT_PLAIN);
        }
        return dict;
    }

    /** A deque, empty or of a list, and its greatest length. */
    private static List<@Nullable Object> list(Global global, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        @Nullable Object[] a = arguments.items;
        if (a.length > 0 && !(a[0] instanceof List<?>) && !(a[0] instanceof Pickled.Tuple)) {
            throw arguments(global, "a list", arguments, at);
        }
        List<@Nullable Object> list = new ArrayList<>();
        if (a.length > 0) {
            List<?> items = a[0] instanceof Pickled.Tuple tuple ? Arrays.asList(tuple.items) : (List<?>) a[0];
            at.charge(8L * items.size());
            list.addAll(items);
        }
        return list;
    }

    private static Pickled.Group group(@Nullable Object[] a, PickleInput at) throws CheckpointFormatException {
        Pickled.Group group = new Pickled.Group();
        if (a.length == 1 && a[0] instanceof List<?> items) {
            at.charge(8L * items.size());
            group.items.addAll(items);
        } else if (a.length != 0) {
            throw at.error("a list of a set's elements", Pickled.describe(a[0]), NOT_PLAIN);
        }
        return group;
    }

    /** Protocol 2 writes bytes as text of one character for each byte, and no bytes as bytes(). */
    private static byte[] bytes(@Nullable Object[] a, PickleInput at) throws CheckpointFormatException {
        if (a.length == 0) {
            return new byte[0];
        }
        if (a.length == 1 && a[0] instanceof byte[] bytes) {
            return bytes;
        }
        boolean latin1 = a.length == 2 && a[1] instanceof String name && name.matches("latin-?1");
        if (!latin1 || !(a[0] instanceof String text) || !isLatin1(text, at)) {
            throw at.error(
                    "text to encode as latin1", a.length + " arguments, first " + Pickled.describe(a[0]), NOT_PLAIN);
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isLatin1(String text, PickleInput at) throws CheckpointFormatException {
        at.charge(text.length());
        return text.chars().allMatch(c -> c <= 0xff);
    }

    private static void copy(Pickled.Dict from, Pickled.Dict to, PickleInput at) throws CheckpointFormatException {
        at.charge(16L * from.items.size());
        to.items.putAll(from.items);
        to.oddKeys += from.oddKeys;
        to.odd = to.odd == null ? from.odd : to.odd;
    }

    private static String path(Global global, Pickled.Tuple parts, PickleInput at) throws CheckpointFormatException {
        String separator = global.name.contains("Windows") ? "\\" : "/";
        List<String> texts = new ArrayList<>();
        for (Object part : parts.items) {
            if (!(part instanceof String text)) {
                throw arguments(global, "parts of a path", parts, at);
            }
            at.charge(text.length());
            texts.add(text);
        }
        boolean rooted = !texts.isEmpty() && texts.get(0).endsWith(separator);
        return rooted
                ? texts.get(0) + String.join(separator, texts.subList(1, texts.size()))
                : String.join(separator, texts);
    }

    private static CheckpointFormatException arguments(
            Global global, String expected, Pickled.Tuple got, PickleInput at) {
        String first = got.items.length == 0 ? "" : ", first " + Pickled.describe(got.items[0]);
        return at.error(expected + " for " + global, got.items.length + " arguments" + first, NOT_PLAIN);
    }
}
