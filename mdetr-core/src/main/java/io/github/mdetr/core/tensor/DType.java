package io.github.mdetr.core.tensor;

/** Element types a {@link Tensor} can have. */
public enum DType {
    /** 32-bit IEEE float: values, weights and gradients. */
    FLOAT32(4),
    /** Upper 16 bits of a float: weights and activations where the processor computes in it. */
    BFLOAT16(2),
    /** 16-bit IEEE float: tables that rows are looked up in, where the processor computes in bfloat16. */
    FLOAT16(2),
    /** 32-bit signed integer: token ids and other indices. */
    INT32(4),
    /** One byte, 0 or 1: masks. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Whether it holds real numbers. */
    public boolean isFloat() {
        return this == FLOAT32 || this == BFLOAT16 || this == FLOAT16;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }
}
