package io.github.mdetr.nn.data;

import io.github.mdetr.nn.image.DecodedImage;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.RgbImage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which way up annotations are drawn, where a picture's EXIF says that it is to be turned for showing. The pixels are turned, not
 * the annotations: boxes, outlines and runs stay as they stand in the file.
 */
public enum Orientation {
    /**
     * The way of which the entry's width and height are. Where both ways have the same size (square pictures, half turns, mirror
     * images) as stored, as published.
     */
    AUTO,
    /** Rows as they are stored, as PIL opens a file; the published data sets are drawn so. */
    STORED,
    /** As a viewer shows it, and with it most annotation programs: PIL's {@code ImageOps.exif_transpose}. */
    SHOWN;

    /**
     * A picture the way that annotations are drawn on it.
     *
     * @return null where it has not the size that the entry states
     */
    public @Nullable RgbImage of(DecodedImage picture, ImageSize stated) {
        Orientation way = way(picture.pixels().size(), picture.shownSize(), stated);
        if (way == null) {
            return null;
        }
        return way == SHOWN ? picture.shown() : picture.pixels();
    }

    /**
     * Which way a picture is meant: {@link #STORED} or {@link #SHOWN}.
     *
     * @param stored its size as stored
     * @param shown its size as shown
     * @param stated its size as the entry has it
     * @return null where the entry's size is that of neither way, or not of the one that this is
     */
    public @Nullable Orientation way(ImageSize stored, ImageSize shown, ImageSize stated) {
        if (this != SHOWN && stored.equals(stated)) {
            return STORED;
        }
        return this != STORED && shown.equals(stated) ? SHOWN : null;
    }

    /** Its name in options: {@code shown}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
