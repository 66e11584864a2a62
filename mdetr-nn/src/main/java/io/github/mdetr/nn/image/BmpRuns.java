package io.github.mdetr.nn.image;

/** Decodes the runs of a BMP of 4 or 8 bits a pixel to one index a byte, rows in the file's order, as PIL does. */
final class BmpRuns {
    private final ImageInput in;
    private final int width;
    private final boolean nibbles;
    private final byte[] indices;
    private int from;
    private int to;

    BmpRuns(ImageInput in, BmpHeader header) {
        this.in = in;
        this.width = header.width();
        this.nibbles = header.compression() == BmpHeader.RUNS_4;
        this.indices = new byte[width * header.height()];
        this.from = header.data();
    }

    byte[] decode() throws ImageReadException {
        int x = 0;
        while (to < indices.length && from + 2 <= in.length()) {
            int count = in.u8(from);
            int value = in.u8(from + 1);
            from += 2;
            if (count > 0) {
                // What goes beyond the row is dropped.
                int fitting = Math.max(0, Math.min(count, width - x));
                run(fitting, value);
                x += fitting;
            } else if (value == 0) {
                to = (to + width - 1) / width * width;
                x = 0;
            } else if (value == 1) {
                break;
            } else if (value == 2) {
                if (from + 2 > in.length()) {
                    break;
                }
                to = Math.min(indices.length, to + in.u8(from) + in.u8(from + 1) * width);
                from += 2;
                x = to % width;
            } else if (plain(value)) {
                x += value;
            } else {
                break;
            }
        }
        if (to < indices.length) {
            throw in.error("BMP is truncated: its runs end before its last pixel");
        }
        return indices;
    }

    private void run(int count, int value) {
        for (int i = 0; i < count && to < indices.length; i++) {
            int half = i % 2 == 0 ? value >> 4 : value & 15;
            indices[to++] = (byte) (nibbles ? half : value);
        }
    }

    /** Indices as they are, filled up to an even place; whether more follows. */
    private boolean plain(int wanted) {
        int count = Math.min(wanted, indices.length - to);
        int bytes = nibbles ? (count + 1) / 2 : count;
        int there = Math.min(bytes, in.length() - from);
        for (int i = 0; i < there; i++) {
            int value = in.u8(from + i);
            if (nibbles) {
                indices[to++] = (byte) (value >> 4);
                if (2 * i + 1 < count) {
                    indices[to++] = (byte) (value & 15);
                }
            } else {
                indices[to++] = (byte) value;
            }
        }
        from += there;
        from += from & 1;
        return there == bytes && to < indices.length;
    }
}
