package io.github.mdetr.examples.cli;

import io.github.mdetr.core.backend.OpenMp;
import io.github.mdetr.core.tensor.Device;

/** What numbers are the same to the bit by: elsewhere they are rounded otherwise. */
final class Arithmetic {
    /** Lets oneDNN multiply with fewer bits. */
    private static final String FPMATH = "ONEDNN_DEFAULT_FPMATH_MODE";

    private Arithmetic() {}

    /** Such as {@code oneDNN 3.11.0, instruction set avx512_core_bf16, 2 threads, Java 17}. */
    static String of(Device device) {
        String fpmath = System.getenv(FPMATH);
        return device.description() + threads() + (fpmath == null ? "" : ", " + FPMATH + "=" + fpmath) + ", Java "
                + Runtime.version().feature();
    }

    private static String threads() {
        try {
            return ", " + OpenMp.threads() + " threads";
        } catch (IllegalStateException e) {
            return ""; // a backend without native kernels
        }
    }
}
