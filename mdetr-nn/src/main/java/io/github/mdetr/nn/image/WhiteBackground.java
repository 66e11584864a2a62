package io.github.mdetr.nn.image;

/** Lays transparent pixels over white, as a viewer does. */
final class WhiteBackground {
    private WhiteBackground() {}

    /** White under a value: round((v·a + 255·(255 − a)) / 255). */
    static byte under(int value, int alpha) {
        return (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}
