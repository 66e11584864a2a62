package io.github.mdetr.nn.image;

/**
 * Green was subtracted from red and blue (RFC 9649, section 3.5.3).
 *
 * @param width pixels a row
 * @param height rows
 */
record Vp8lGreenTransform(int width, int height) implements Vp8lTransform {
    @Override
    public int codedWidth() {
        return width;
    }

    @Override
    public void undo(int[] pixels) {
        int count = width * height;
        for (int i = 0; i < count; i++) {
            int green = pixels[i] >> 8 & 0xff;
            pixels[i] = Vp8lTransform.add(pixels[i], green << 16 | green);
        }
    }
}
