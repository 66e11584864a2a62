package io.github.mdetr.core.parameter;

import io.github.mdetr.core.tensor.DType;
import java.util.Arrays;

/** What a model's products and convolutions compute in. */
public enum Precision {
    /** Everything in float32. */
    FLOAT32("f32", DType.FLOAT32),
    /**
     * Weights and what enters and leaves a product in bfloat16, sums in float32; norms, softmax and heads in float32. For
     * inference, on processors that compute in it.
     */
    BFLOAT16("bf16", DType.BFLOAT16);

    private final String label;
    private final DType dtype;

    Precision(String label, DType dtype) {
        this.label = label;
        this.dtype = dtype;
    }

    /** Its short name: {@code f32} or {@code bf16}. */
    public String label() {
        return label;
    }

    /** The type of weights and of what enters a product. */
    public DType dtype() {
        return dtype;
    }

    /**
     * The precision of that short name.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static Precision of(String label) {
        return Arrays.stream(values())
                .filter(p -> p.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("precision: expected f32 or bf16, got " + label));
    }
}
