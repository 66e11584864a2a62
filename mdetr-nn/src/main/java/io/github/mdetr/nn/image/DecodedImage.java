package io.github.mdetr.nn.image;

/**
 * What a decoder hands over.
 *
 * @param pixels as stored, not turned
 * @param orientation how to turn them for showing
 */
record DecodedImage(RgbImage pixels, ImageOrientation orientation) {}
