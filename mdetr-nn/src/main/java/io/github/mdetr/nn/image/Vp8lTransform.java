package io.github.mdetr.nn.image;

/** A transform of a lossless image, undone in place (RFC 9649, section 3.5). */
interface Vp8lTransform {
    /** Turns the values into those before the transform; the array has room for every pixel of the image. */
    void undo(int[] pixels);

    /** The width of what is coded after the transform. */
    int codedWidth();

    /** Adds the bytes of two pixels, each modulo 256. */
    static int add(int a, int b) {
        int alphaGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
        int redBlue = (a & 0x00ff00ff) + (b & 0x00ff00ff);
        return (alphaGreen & 0xff00ff00) | (redBlue & 0x00ff00ff);
    }
}
