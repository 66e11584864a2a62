package io.github.mdetr.nn.image;

/**
 * What a decoder hands over.
 *
 * @param pixels as stored, not turned
 * @param orientation how to turn them for showing
 */
public record DecodedImage(RgbImage pixels, ImageOrientation orientation) {
    /** The size of {@link #shown()}. */
    public ImageSize shownSize() {
        ImageSize stored = pixels.size();
        return orientation.swapsSides()
                ? new ImageSize(/* width= */ stored.height(), /* height= */ stored.width())
                : stored;
    }

    /** Whether what is shown is not what is stored. */
    public boolean isTurned() {
        return orientation != ImageOrientation.AS_STORED;
    }

    /** The pixels as a viewer turns them, those of PIL's {@code ImageOps.exif_transpose}; the stored ones where nothing is to be done. */
    public RgbImage shown() {
        return orientation.apply(pixels);
    }
}
