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
    private static final int MAX_MAKERS = 4;

    private Pickled() {}

    /** A tuple, also torch.Size. */
    static final class Tuple {
        final @Nullable Object[] items;

        Tuple(@Nullable Object... items) {
            this.items = items;
        }
    }

    /** A dict, or one of its known kinds; numbers as keys become text, as in JSON. */
    static final class Dict {
        final Map<String, @Nullable Object> items = new LinkedHashMap<>();
        int oddKeys;

        /** Stands for the first item whose key is neither text nor a number; such items are left out. */
        @Nullable
        Inert odd;

        /** Only scalars are keys, all as text: they hash at once, and no map degrades. */
        void put(@Nullable Object key, @Nullable Object value, PickleInput at) {
            if (isScalar(key)) {
                items.put(String.valueOf(key), value);
            } else if (oddKeys++ == 0) {
                odd = Inert.refused(at, "text or a number as key", describe(key), "save plain arguments");
            }
        }
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

        /** The same type of tensors, null where they have none. */
        @Nullable
        StoredType stored() {
            return switch (code) {
                case "f8" -> StoredType.F64;
                case "f4" -> StoredType.F32;
                case "f2" -> StoredType.F16;
                case "i8" -> StoredType.I64;
                case "i4" -> StoredType.I32;
                case "i2" -> StoredType.I16;
                case "i1" -> StoredType.I8;
                case "u1" -> StoredType.U8;
                case "b1" -> StoredType.BOOL;
                default -> null;
            };
        }
    }

    /** A class or function of some program: its name, which nothing looks up. */
    static final class Unknown {
        private static final int SHOWN = 120;

        final String module;
        final String name;
        /** Where in the file it is named. */
        final long at;

        Unknown(String module, String name, long at) {
            this.module = module;
            this.name = name;
            this.at = at;
        }

        @Override
        public String toString() {
            return cut(module) + "." + cut(name);
        }

        private static String cut(String text) {
            return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        }
    }

    /**
     * What Python would make by running code: by whom, and of what. It stays as it was read; nothing is run.
     *
     * <p>Also a known type's value that is not one (a NumPy type that no tensor has): {@link #reason} tells.
     */
    static class Inert {
        /** The class or function: an {@link Unknown}, a known global, or another of these; null for a refused value. */
        final @Nullable Object maker;

        final long at;
        final @Nullable Tuple arguments;

        /** Whether it stands for a tensor, which then cannot be read. */
        boolean tensor;

        /** What BUILD gave it, what SETITEMS and what APPENDS. */
        @Nullable
        Object state;

        @Nullable
        Dict items;

        @Nullable
        List<@Nullable Object> elements;

        private @Nullable String expected;
        private String got = "";
        private String fix = "";

        Inert(@Nullable Object maker, @Nullable Tuple arguments, long at) {
            this.maker = maker;
            this.arguments = arguments;
            this.at = at;
        }

        /** A value that cannot be taken, though its type is known. */
        static Inert refused(PickleInput at, String expected, String got, String fix) {
            Inert inert = new Inert(null, null, at.operationPosition());
            inert.expected = expected;
            inert.got = got;
            inert.fix = fix;
            return inert;
        }

        /** A tensor that cannot be read because this, an Inert or Unknown, is a part of it. */
        static Inert tensorOf(Object part) {
            Inert inert;
            if (part instanceof Inert cause) {
                inert = new Inert(cause.maker, null, cause.at);
                inert.expected = cause.expected;
                inert.got = cause.got;
                inert.fix = cause.fix;
            } else {
                inert = new Inert(part, null, part instanceof Unknown unknown ? unknown.at : 0);
            }
            inert.tensor = true;
            return inert;
        }

        /** The name of its class or function. */
        String type() {
            Object named = maker;
            for (int i = 0; i < MAX_MAKERS && named instanceof Inert inert; i++) {
                named = inert.maker;
            }
            if (named == null) {
                return got;
            }
            return named instanceof Inert ? "a value of several calls" : named.toString();
        }

        /** Why it is not a value, as an error. */
        CheckpointFormatException reason(PickleInput input) {
            return expected == null
                    ? input.errorAt(at, "a global that checkpoints hold", Excerpt.quote(type()), TorchGlobals.NOT_PLAIN)
                    : input.errorAt(at, expected, got, fix);
        }
    }

    /** A NumPy array, of which nothing is read but what tensors are rebuilt from. */
    static final class NumpyArray extends Inert {
        @Nullable
        NumpyType type;

        long[] shape = {};
        boolean columnMajor;
        byte[] bytes = {};

        NumpyArray(Unknown maker, long at) {
            super(maker, null, at);
        }

        @Override
        String type() {
            return "numpy.ndarray";
        }
    }

    /**
     * A storage that tensors view.
     *
     * @param elements its length in elements of {@code type}
     * @param data its bytes, where the pickle itself holds them
     */
    @SuppressWarnings("ArrayRecordComponent") // null wherever two are compared
    record Storage(String key, StoredType type, long elements, byte @Nullable [] data) {
        long bytes() {
            return elements * type.bytes();
        }
    }

    /** A view of a storage, in elements of {@code type}; {@link TorchTensors} makes it and checks that it fits. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Tensor(Storage storage, StoredType type, long offset, long[] shape, long[] strides) {}

    /** Why an object that cannot hold weights is not a value; null for values, and for objects with state or items. */
    static @Nullable CheckpointFormatException refusal(@Nullable Object value, PickleInput input) {
        if (value instanceof Unknown unknown) {
            return new Inert(unknown, null, unknown.at).reason(input);
        }
        return value instanceof Inert inert && inert.state == null && inert.items == null ? inert.reason(input) : null;
    }

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
        if (value instanceof Unknown unknown) {
            return Excerpt.quote(unknown.toString());
        }
        if (value instanceof Inert inert) {
            return "a value of " + inert.type();
        }
        return value instanceof TorchGlobals.Global global
                ? global.toString()
                : "a " + value.getClass().getSimpleName();
    }

    /** What compares by value at once. */
    static boolean isScalar(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || (value instanceof BigInteger big && big.bitLength() <= 128);
    }
}
