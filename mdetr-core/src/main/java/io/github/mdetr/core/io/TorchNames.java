package io.github.mdetr.core.io;

import io.github.mdetr.core.io.TorchGlobals.Global;
import io.github.mdetr.core.io.TorchGlobals.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The globals that checkpoints use, by name. */
final class TorchNames {
    private static final int LONGEST = 200; // a longer one is none of these, and is not copied to look it up
    private static final String ARRAY_MAKER = "_reconstruct";
    private static final String TENSOR_MAKERS = "_rebuild_";
    private static final Map<String, Global> ALLOWED = new HashMap<>();

    static {
        allow(Kind.DICT, "collections", "OrderedDict", "Counter");
        allow(Kind.DEFAULT_DICT, "collections", "defaultdict");
        allow(Kind.LIST, "collections", "deque");
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
        allow(Kind.TENSOR_OF_CLASS, "torch._tensor", "_rebuild_from_type_v2");
        allow(Kind.TENSOR_CLASS, "torch", "Tensor");
        allow(Kind.TENSOR_CLASS, "torch._tensor", "Tensor");
        allow(Kind.TENSOR_CLASS, "torch.nn.parameter", "Parameter", "Buffer");
        allow(
                Kind.DEVICE_TENSOR,
                "torch._utils",
                "_rebuild_device_tensor_from_numpy",
                "_rebuild_device_tensor_from_cpu_tensor",
                "_rebuild_xla_tensor");
        allow(Kind.META_TENSOR, "torch._utils", "_rebuild_meta_tensor_no_storage");
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

    private TorchNames() {}

    /** The known global of that name, null where there is none. */
    static @Nullable Global find(String module, String name) {
        return module.length() + name.length() > LONGEST ? null : ALLOWED.get(module + " " + name);
    }

    /** Whether it is the function that makes NumPy arrays, with the plain array as its class. */
    static boolean isNumpyArray(Pickled.Unknown function, Pickled.Tuple arguments) {
        return function.name.equals(ARRAY_MAKER)
                && (function.module.equals("numpy.core.multiarray") || function.module.equals("numpy._core.multiarray"))
                && arguments.items.length > 0
                && arguments.items[0] instanceof Pickled.Unknown type
                && type.module.equals("numpy")
                && type.name.equals("ndarray");
    }

    /** Whether it makes NumPy's arrays since pickle protocol 5, from (bytes, type, shape, order). */
    static boolean isNumpyBuffer(Pickled.Unknown function) {
        return function.name.equals("_frombuffer")
                && (function.module.equals("numpy.core.numeric") || function.module.equals("numpy._core.numeric"));
    }

    /** Whether an unknown function is one of PyTorch's that make tensors, of quantized, sparse and nested ones. */
    static boolean makesTensor(Pickled.Unknown function) {
        return function.module.startsWith("torch.") && function.name.startsWith(TENSOR_MAKERS);
    }
}
