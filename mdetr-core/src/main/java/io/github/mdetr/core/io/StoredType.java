package io.github.mdetr.core.io;

import java.util.Arrays;
import java.util.Optional;

/** Element types that checkpoint files hold, named as safetensors names them; always little-endian on disk. */
public enum StoredType {
    /** IEEE double. */
    F64(8, true),
    /** IEEE single. */
    F32(4, true),
    /** IEEE half. */
    F16(2, true),
    /** The upper 16 bits of an IEEE single. */
    BF16(2, true),
    /** Signed 64-bit integer. */
    I64(8, false),
    /** Signed 32-bit integer. */
    I32(4, false),
    /** Signed 16-bit integer. */
    I16(2, false),
    /** Signed byte. */
    I8(1, false),
    /** Unsigned byte. */
    U8(1, false),
    /** One byte, 0 is false. */
    BOOL(1, false);

    private final int bytes;
    private final boolean isFloat;

    StoredType(int bytes, boolean isFloat) {
        this.bytes = bytes;
        this.isFloat = isFloat;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether elements are floating point, so that {@link TensorSource#readFloats} reads them. */
    public boolean isFloat() {
        return isFloat;
    }

    /** The type of that safetensors name, if it is one of these. */
    static Optional<StoredType> named(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }
}
