package io.github.mdetr.core.number;

/** Half and bfloat16 bit patterns to and from float32 (IEEE 754-2008; JDK 17 has no conversion of its own). */
public final class FloatBits {
    private FloatBits() {}

    /** A half as float32. Exact; NaN payloads and signs are kept. */
    public static float fromHalf(short half) {
        int magnitude = (half & 0x7fff) << 13;
        int sign = (half & 0x8000) << 16;
        if (magnitude >= 0x1f << 23) { // infinity or NaN
            return Float.intBitsToFloat(sign | magnitude | 0x7f800000);
        }
        // Read as a float the exponent is 112 too small; the product also normalizes subnormal halves.
        float value = Float.intBitsToFloat(magnitude) * 0x1p112f;
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
    }

    /** The nearest half, ties to even; beyond the largest half to infinity. */
    public static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude >= 0x7f800000) { // infinity, or NaN made quiet
            int payload = magnitude == 0x7f800000 ? 0 : 0x200 | ((magnitude >>> 13) & 0x3ff);
            return (short) (sign | 0x7c00 | payload);
        }
        if (magnitude < 0x38800000) { // below 2^-14: subnormal halves are multiples of 2^-24
            // Adding 0.5 leaves units of 2^-24 in the low bits, and the addition rounds to even.
            return (short) (sign | (Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | Math.min(0x7c00, (rounded - 0x38000000) >>> 13));
    }

    /** A bfloat16 as float32. Exact. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, ties to even; a NaN stays one. */
    public static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
