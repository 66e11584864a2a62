package io.github.mdetr.examples.synthetic.render;

/** Between light, which adds up, and the bytes of sRGB (IEC 61966-2-1). Brightness above white flattens out. */
final class ToneCurve {
    private static final int STEPS = 4096;

    /** Up to here light is shown as it is; what is brighter, up to three times white, shares the rest. */
    private static final double KNEE = 0.75;

    private static final double BRIGHTEST = 3;
    private static final byte[] BYTES = new byte[STEPS + 1];

    static {
        for (int i = 0; i <= STEPS; i++) {
            BYTES[i] = (byte) Math.round(255 * encoded(flattened(BRIGHTEST * i / STEPS)));
        }
    }

    private ToneCurve() {}

    private static double flattened(double light) {
        double over = (light - KNEE) / (1 - KNEE);
        return over <= 0 ? light : KNEE + (1 - KNEE) * (1 - 1 / (1 + over));
    }

    private static double encoded(double light) {
        return light <= 0.0031308 ? 12.92 * light : 1.055 * StrictMath.pow(light, 1 / 2.4) - 0.055;
    }

    /** The byte that shows so much light; 1 is white. */
    static byte encode(double light) {
        return BYTES[(int) (Math.max(0, Math.min(BRIGHTEST, light)) * (STEPS / BRIGHTEST) + 0.5)];
    }

    /** The light of a byte from 0 to 255. */
    static double decode(int value) {
        double v = value / 255.0;
        return v <= 0.04045 ? v / 12.92 : StrictMath.pow((v + 0.055) / 1.055, 2.4);
    }
}
