package io.github.mdetr.core.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The globals that checkpoints use, by name; anything else is an error that names it. */
final class TorchGlobals implements PickleGlobals {
    /** What calling a global gives. */
    enum Kind {
        DICT,
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

    private static final String NOT_PLAIN =
            "only state dicts and plain arguments are read: save torch.save({'model': model.state_dict(), 'args': args})";
    private static final int MAX_DEVICE = 64;
    private static final Map<String, Global> ALLOWED = new HashMap<>();

    static {
        allow(Kind.DICT, "collections", "OrderedDict", "Counter");
        allow(Kind.NAMESPACE, "argparse", "Namespace");
        allow(Kind.RECONSTRUCTOR, "copyreg", "_reconstructor");
        allow(Kind.RECONSTRUCTOR, "copy_reg", "_reconstructor");
        allow(Kind.ENCODE, "_codecs", "encode");
        for (String builtins : List.of("builtins", "__builtin__")) {
            allow(Kind.OBJECT, builtins, "object");
            allow(Kind.SET, builtins, "set", "frozenset");
            allow(Kind.BYTES, builtins, "bytes", "bytearray");
            allow(Kind.COMPLEX, builtins, "complex");
        }
        for (String pathlib : List.of("pathlib", "pathlib._local")) {
            allow(Kind.PATH, pathlib, "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath", "Path");
        }
        allow(Kind.TENSOR, "torch._utils", "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3");
        allow(Kind.PARAMETER, "torch._utils", "_rebuild_parameter", "_rebuild_parameter_with_state");
        allow(Kind.SIZE, "torch", "Size");
        allow(Kind.DEVICE, "torch", "device");
        for (String core : List.of("numpy.core.multiarray", "numpy._core.multiarray")) {
            allow(Kind.NUMPY_SCALAR, core, "scalar");
        }
        allow(Kind.NUMPY_TYPE, "numpy", "dtype");
        storage("Double", StoredType.F64);
        storage("Float", StoredType.F32);
        storage("Half", StoredType.F16);
        storage("BFloat16", StoredType.BF16);
        storage("Long", StoredType.I64);
        storage("Int", StoredType.I32);
        storage("Short", StoredType.I16);
        storage("Char", StoredType.I8);
        storage("Byte", StoredType.U8);
        storage("Bool", StoredType.BOOL);
        typed(Kind.STORAGE, StoredType.U8, "torch.storage", "UntypedStorage");
        typed(Kind.STORAGE, StoredType.U8, "torch", "UntypedStorage");
        type(StoredType.F64, "float64", "double");
        type(StoredType.F32, "float32", "float");
        type(StoredType.F16, "float16", "half");
        type(StoredType.BF16, "bfloat16");
        type(StoredType.I64, "int64", "long");
        type(StoredType.I32, "int32", "int");
        type(StoredType.I16, "int16", "short");
        type(StoredType.I8, "int8");
        type(StoredType.U8, "uint8");
        type(StoredType.BOOL, "bool");
    }

    private static void allow(Kind kind, String module, String... names) {
        for (String name : names) {
            ALLOWED.put(module + " " + name, new Global(module, name, kind, null));
        }
    }

    private static void typed(Kind kind, StoredType type, String module, String... names) {
        for (String name : names) {
            ALLOWED.put(module + " " + name, new Global(module, name, kind, type));
        }
    }

    private static void storage(String name, StoredType type) {
        typed(Kind.STORAGE, type, "torch", name + "Storage");
        typed(Kind.STORAGE, type, "torch.cuda", name + "Storage");
    }

    private static void type(StoredType type, String... names) {
        typed(Kind.TYPE, type, "torch", names);
    }

    private final TorchTensors tensors;

    TorchGlobals(TorchTensors tensors) {
        this.tensors = tensors;
    }

    @Override
    public Object find(String module, String name, PickleInput at) throws CheckpointFormatException {
        Global global = ALLOWED.get(module + " " + name);
        if (global == null) {
            throw at.error("a global that checkpoints hold", Excerpt.quote(module + "." + name), NOT_PLAIN);
        }
        return global;
    }

    @Override
    public @Nullable Object call(@Nullable Object callable, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        if (!(callable instanceof Global global)) {
            throw at.error("REDUCE on a function or class", Pickled.describe(callable), NOT_PLAIN);
        }
        @Nullable Object[] a = arguments.items;
        return switch (global.kind) {
            case DICT -> dict(a, at);
            case NAMESPACE -> construct(global, arguments, at);
            case RECONSTRUCTOR -> {
                boolean plain = a.length == 3 && isKind(a[1], Kind.OBJECT) && a[2] == null;
                yield construct(plain ? a[0] : null, new Pickled.Tuple(), at);
            }
            case SET -> group(a, at);
            case BYTES, ENCODE -> bytes(a, at);
            case COMPLEX -> {
                if (a.length == 2 && a[0] instanceof Double real && a[1] instanceof Double imaginary) {
                    yield new Pickled.Complex(real, imaginary);
                }
                throw arguments(global, "two floats", arguments, at);
            }
            case PATH -> path(global, arguments, at);
            case TENSOR -> tensors.rebuild(a, at);
            case PARAMETER -> {
                if (a.length >= 3 && a[0] instanceof Pickled.Tensor) {
                    yield a[0];
                }
                throw arguments(global, "a tensor, a flag and hooks", arguments, at);
            }
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
            case OBJECT, STORAGE, TYPE ->
                throw at.error("REDUCE on a function that checkpoints call", global.toString(), NOT_PLAIN);
        };
    }

    @Override
    public Object construct(@Nullable Object type, Pickled.Tuple arguments, PickleInput at)
            throws CheckpointFormatException {
        if (arguments.items.length == 0) {
            if (isKind(type, Kind.NAMESPACE)) {
                return new Pickled.Namespace();
            }
            if (isKind(type, Kind.DICT)) {
                return new Pickled.Dict();
            }
        }
        throw at.error("a new argparse.Namespace", Pickled.describe(type), NOT_PLAIN);
    }

    @Override
    public void build(@Nullable Object object, @Nullable Object state, PickleInput at)
            throws CheckpointFormatException {
        if (object instanceof Pickled.Namespace namespace && state instanceof Pickled.Dict attributes) {
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
                    dict.items.put(Pickled.key(tuple.items[0], at), tuple.items[1]);
                } else if (pair instanceof List<?> list && list.size() == 2) {
                    dict.items.put(Pickled.key(list.get(0), at), list.get(1));
                } else {
                    throw at.error("pairs of keys and values", Pickled.describe(pair), NOT_PLAIN);
                }
            }
        } else if (a.length != 0) {
            throw at.error("a dict's items", Pickled.describe(a[0]), NOT_PLAIN);
        }
        return dict;
    }

    private static Pickled.Group group(@Nullable Object[] a, PickleInput at) throws CheckpointFormatException {
        Pickled.Group group = new Pickled.Group();
        if (a.length == 1 && a[0] instanceof List<?> items) {
            at.charge(8L * items.size());
            for (Object item : items) {
                group.items.add(Pickled.element(item, at));
            }
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
