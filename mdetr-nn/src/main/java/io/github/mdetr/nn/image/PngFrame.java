package io.github.mdetr.nn.image;

/**
 * The part of the canvas that the image data of an animated PNG covers (PNG specification, third edition, 11.3.6.2).
 *
 * @param width its columns
 * @param height its rows
 * @param x its first column
 * @param y its first row
 */
record PngFrame(int width, int height, int x, int y) {
    /** Reads the fcTL chunk whose data begins at an offset. */
    static PngFrame read(ImageInput in, int data, PngHeader header) throws ImageReadException {
        long width = in.i32(data + 4) & 0xffffffffL;
        long height = in.i32(data + 8) & 0xffffffffL;
        long x = in.i32(data + 12) & 0xffffffffL;
        long y = in.i32(data + 16) & 0xffffffffL;
        if (width == 0 || height == 0 || x + width > header.width() || y + height > header.height()) {
            throw in.error("PNG is damaged: a frame of " + width + "x" + height + " pixels at (" + x + ", " + y
                    + ") lies beyond the image of " + header.width() + "x" + header.height());
        }
        return new PngFrame((int) width, (int) height, (int) x, (int) y);
    }
}
