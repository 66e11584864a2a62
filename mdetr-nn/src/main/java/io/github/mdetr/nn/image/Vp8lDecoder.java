package io.github.mdetr.nn.image;

import java.util.ArrayList;
import java.util.List;

/** Decodes a lossless image (RFC 9649, section 3) to ARGB. */
final class Vp8lDecoder {
    private static final int HEADER = 5;
    private static final int PREDICTOR = 0;
    private static final int COLOR = 1;
    private static final int GREEN = 2;

    private final ImageInput in;
    private final Vp8lBits bits;
    private final Vp8lImageData data;

    private Vp8lDecoder(ImageInput in, int from, int end) {
        this.in = in;
        this.bits = new Vp8lBits(in.bytes(), from, end);
        this.data = new Vp8lImageData(in, bits);
    }

    /** The pixels of a VP8L bitstream, whose header is known to be one, of that size. */
    static int[] decode(ImageInput in, int from, int end, WebpSize size) throws ImageReadException {
        return new Vp8lDecoder(in, from + HEADER, end).decode(size);
    }

    /** The pixels of one without a header, as alpha is coded. */
    static int[] decodeHeaderless(ImageInput in, int from, int end, WebpSize size) throws ImageReadException {
        return new Vp8lDecoder(in, from, end).decode(size);
    }

    private int[] decode(WebpSize size) throws ImageReadException {
        int height = size.height();
        int width = size.width();
        List<Vp8lTransform> transforms = new ArrayList<>();
        int seen = 0;
        while (bits.flag()) {
            int kind = bits.read(2);
            if ((seen >> kind & 1) != 0) {
                throw in.error("WebP is damaged: a transform comes twice");
            }
            seen |= 1 << kind;
            Vp8lTransform transform = readTransform(kind, width, height);
            transforms.add(transform);
            width = transform.codedWidth();
        }
        int[] pixels = new int[size.width() * height];
        data.read(width, height, true, pixels);
        for (int i = transforms.size() - 1; i >= 0; i--) {
            transforms.get(i).undo(pixels);
        }
        return pixels;
    }

    private Vp8lTransform readTransform(int kind, int width, int height) throws ImageReadException {
        switch (kind) {
            case PREDICTOR, COLOR -> {
                int blockBits = 2 + bits.read(3);
                int[] blocks = data.readBlocks(width, height, blockBits);
                return kind == COLOR
                        ? new Vp8lColorTransform(width, height, blockBits, blocks)
                        : new Vp8lPredictorTransform(width, height, blockBits, blocks);
            }
            case GREEN -> {
                return new Vp8lGreenTransform(width, height);
            }
            default -> {
                int colors = bits.read(8) + 1;
                return Vp8lPaletteTransform.of(width, height, data.readBlocks(colors, 1, 0));
            }
        }
    }
}
