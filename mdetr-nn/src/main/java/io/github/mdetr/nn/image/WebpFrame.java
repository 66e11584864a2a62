package io.github.mdetr.nn.image;

/**
 * Where the first frame of a WebP lies in the file and on the canvas.
 *
 * @param lossless whether it is VP8L, else VP8
 * @param from first byte of its bitstream
 * @param declared length of the bitstream as its chunk says
 * @param end where it ends, a byte of padding included
 * @param alphaFrom first byte of its alpha (ALPH chunk), 0 without
 * @param alphaEnd where its alpha ends
 * @param size its pixels
 * @param x column of the canvas that its first column takes
 * @param y row of the canvas that its first row takes
 */
record WebpFrame(
        boolean lossless, int from, long declared, int end, int alphaFrom, int alphaEnd, WebpSize size, int x, int y) {
    WebpFrame at(int column, int row) {
        return new WebpFrame(lossless, from, declared, end, alphaFrom, alphaEnd, size, column, row);
    }

    WebpFrame withoutAlpha() {
        return new WebpFrame(lossless, from, declared, end, 0, 0, size, x, y);
    }

    boolean hasAlphaChunk() {
        return alphaFrom > 0;
    }
}
