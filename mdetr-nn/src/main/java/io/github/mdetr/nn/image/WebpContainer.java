package io.github.mdetr.nn.image;

import org.jspecify.annotations.Nullable;

/**
 * The chunks of a WebP file (RFC 9649, section 2), read as strictly as libwebp's demultiplexer, and so PIL, reads them:
 * what lies beyond the length that the file declares is ignored, what lies within must be whole.
 */
final class WebpContainer {
    private static final int RIFF_HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int EXTENDED = 10;
    private static final int ANIMATION = 6;
    private static final int FRAME_HEADER = 16;
    private static final long MAX_CHUNK = 0xffffffffL - CHUNK_HEADER - 1;

    private static final int ANIMATION_FLAG = 0x02;
    private static final int XMP_FLAG = 0x04;
    private static final int EXIF_FLAG = 0x08;
    private static final int ALPHA_FLAG = 0x10;
    private static final int FLAGS = 0x3e;

    private final ImageInput in;
    private final int end;
    private int at = RIFF_HEADER;
    private int flags;
    private boolean animated;
    private @Nullable WebpFrame frame;
    private int frames;
    private long width;
    private long height;
    private int exifFrom;
    private int exifEnd;
    private int xmpFrom;
    private int xmpEnd;

    private WebpContainer(ImageInput in) throws ImageReadException {
        this.in = in;
        if (in.length() < RIFF_HEADER + CHUNK_HEADER) {
            throw in.error("WebP is truncated within its header, after " + in.length() + " bytes");
        }
        long length = in.u32le(4);
        if (length < RIFF_HEADER || length > in.length() - CHUNK_HEADER) {
            throw in.error("WebP is truncated: it declares " + length + " bytes, the file has "
                    + (in.length() - CHUNK_HEADER) + " of them");
        }
        this.end = (int) length + CHUNK_HEADER;
    }

    /** Reads a file that begins with the signature. */
    static WebpContainer read(ImageInput in) throws ImageReadException {
        WebpContainer container = new WebpContainer(in);
        if (in.has(RIFF_HEADER, "VP8X")) {
            container.readExtended();
        } else if (in.has(RIFF_HEADER, "VP8 ") || in.has(RIFF_HEADER, "VP8L")) {
            container.frame = container.readImage().withoutAlpha();
            if (container.at < container.end) {
                // One more chunk is looked at, those behind it are not.
                container.chunkLength();
            }
            container.width = container.frame().size().width();
            container.height = container.frame().size().height();
        } else {
            throw in.error("WebP does not begin with a chunk of the format (VP8X, VP8 or VP8L)");
        }
        return container;
    }

    /** The image, or an animation's first. */
    WebpFrame frame() throws ImageReadException {
        if (frame == null) {
            throw in.error("WebP has no image");
        }
        return frame;
    }

    /** Width of the canvas, which a frame of an animation may leave free in part. */
    long width() {
        return width;
    }

    long height() {
        return height;
    }

    /** Whether alpha counts. In an animation without it, what no frame covers is black. */
    boolean transparent() throws ImageReadException {
        if (!animated && frame().lossless()) {
            return WebpSize.losslessAlpha(in, frame().from());
        }
        return (flags & ALPHA_FLAG) != 0;
    }

    ImageOrientation orientation() {
        ImageOrientation.Finder finder = new ImageOrientation.Finder();
        if (exifFrom < exifEnd) {
            // Some writers keep the prefix that JPEG needs.
            int prefix = in.has(exifFrom, "Exif\0\0") ? 6 : 0;
            finder.readExif(in.bytes(), Math.min(exifFrom + prefix, exifEnd), exifEnd);
        }
        if (xmpFrom < xmpEnd) {
            finder.readXmp(in.bytes(), xmpFrom, xmpEnd);
        }
        return finder.found();
    }

    private void readExtended() throws ImageReadException {
        int length = chunkLength();
        if (length != EXTENDED) {
            throw in.error("WebP is damaged: its VP8X chunk has " + length + " bytes, expected 10");
        }
        int data = at + CHUNK_HEADER;
        flags = in.u8(data);
        animated = (flags & ANIMATION_FLAG) != 0;
        width = in.u24le(data + 4) + 1L;
        height = in.u24le(data + 7) + 1L;
        if ((flags & ~FLAGS) != 0 || width * height >= 1L << 32) {
            throw in.error(
                    "WebP is damaged: its VP8X chunk has flags " + flags + " and a size of " + width + "x" + height);
        }
        skip(length);
        boolean announced = false;
        do {
            int kind = at;
            length = chunkLength();
            if (in.has(kind, "VP8X")) {
                throw in.error("WebP is damaged: it has a second VP8X chunk");
            } else if (isImage(kind)) {
                readStill(announced);
            } else if (in.has(kind, "ANMF")) {
                readAnimated(announced, length);
            } else {
                if (in.has(kind, "ANIM")) {
                    if (length + (length & 1) < ANIMATION) {
                        throw in.error("WebP is damaged: its ANIM chunk has " + length + " bytes, expected 6");
                    }
                    announced = true;
                } else {
                    note(kind, length);
                }
                skip(length);
            }
        } while (at < end);
        if (frames == 0) {
            throw in.error("WebP has no image");
        }
    }

    private boolean isImage(int kind) {
        return in.has(kind, "ALPH") || in.has(kind, "VP8 ") || in.has(kind, "VP8L");
    }

    private void note(int kind, int length) {
        int data = kind + CHUNK_HEADER;
        if (in.has(kind, "EXIF") && (flags & EXIF_FLAG) != 0 && exifEnd == 0) {
            exifFrom = data;
            exifEnd = data + length;
        } else if (in.has(kind, "XMP ") && (flags & XMP_FLAG) != 0 && xmpEnd == 0) {
            xmpFrom = data;
            xmpEnd = data + length;
        }
    }

    private void readStill(boolean announced) throws ImageReadException {
        if (announced || animated || frames > 0) {
            throw in.error("WebP is damaged: an image outside the frames of its animation, or a second one");
        }
        WebpFrame found = readImage();
        if (found.size().width() != width || found.size().height() != height) {
            throw in.error("WebP is damaged: its image has " + found.size().width() + "x"
                    + found.size().height() + " pixels, its canvas " + width + "x" + height);
        }
        frame = (flags & ALPHA_FLAG) != 0 ? found : found.withoutAlpha();
        frames++;
    }

    private void readAnimated(boolean announced, int length) throws ImageReadException {
        int data = at + CHUNK_HEADER;
        int next = data + length + (length & 1);
        if (!announced || length < FRAME_HEADER) {
            throw in.error("WebP is damaged: a frame without an ANIM chunk before it, or of " + length + " bytes");
        }
        int x = 2 * in.u24le(data);
        int y = 2 * in.u24le(data + 3);
        at = data + FRAME_HEADER;
        chunkLength();
        if (!isImage(at)) {
            // Not a frame; what it holds is read on as if it stood outside, like all that follows an image.
            return;
        }
        WebpFrame found = readImage().at(x, y);
        if (at > next) {
            throw in.error("WebP is damaged: a frame of " + length + " bytes is shorter than its image");
        }
        if (!animated) {
            return;
        }
        if (found.size().width() + (long) x > width || found.size().height() + (long) y > height) {
            throw in.error("WebP is damaged: a frame lies beyond the canvas of " + width + "x" + height + " pixels");
        }
        frame = frames == 0 ? found : frame;
        frames++;
    }

    /** Reads an alpha chunk, if there is one, and an image chunk. */
    private WebpFrame readImage() throws ImageReadException {
        int alphaFrom = 0;
        int alphaEnd = 0;
        if (in.has(at, "ALPH")) {
            int length = chunkLength();
            alphaFrom = at + CHUNK_HEADER;
            alphaEnd = alphaFrom + length;
            skip(length);
        }
        int length = chunkLength();
        boolean lossless = in.has(at, "VP8L");
        if ((!lossless && !in.has(at, "VP8 ")) || (lossless && alphaEnd > 0)) {
            throw in.error("WebP is damaged: alpha without an image, or next to a lossless one");
        }
        int from = at + CHUNK_HEADER;
        skip(length);
        int imageEnd = at;
        if (alphaEnd == 0 && at < end && in.has(at, "ALPH")) {
            if (animated || (flags & ALPHA_FLAG) != 0) {
                throw in.error("WebP is damaged: its alpha comes behind its image");
            }
            skip(chunkLength());
        }
        WebpSize size =
                lossless ? WebpSize.ofLossless(in, from, imageEnd) : WebpSize.ofLossy(in, from, length, imageEnd);
        return new WebpFrame(lossless, from, length, imageEnd, alphaFrom, alphaEnd, size, 0, 0);
    }

    /** The length of the chunk at hand, which ends, padded, within the file. */
    private int chunkLength() throws ImageReadException {
        if (end - at < CHUNK_HEADER) {
            throw in.error("WebP is damaged: bytes that belong to nothing at byte " + at);
        }
        long length = in.u32le(at + 4);
        if (length > MAX_CHUNK || length + (length & 1) > end - at - CHUNK_HEADER) {
            throw in.error("WebP is truncated: the chunk at byte " + at + " has " + length + " bytes, the file "
                    + (end - at - CHUNK_HEADER) + " left");
        }
        return (int) length;
    }

    private void skip(int length) {
        at += CHUNK_HEADER + length + (length & 1);
    }
}
