package io.github.mdetr.nn.image;

/** The planes of a VP8 key frame, decoded macroblock by macroblock and filtered when all are there. */
final class Vp8Frame {
    final int width;
    final int height;
    final Vp8Plane luma;
    final Vp8Plane[] chroma;

    private final Vp8Header header;
    private final Vp8SubblockPrediction subblocks;
    private final int[] half = new int[16];

    private Vp8Frame(Vp8Header header) {
        this.header = header;
        this.width = header.width;
        this.height = header.height;
        this.luma = new Vp8Plane(header.across * 16, header.down * 16);
        this.chroma = new Vp8Plane[] {
            new Vp8Plane(header.across * 8, header.down * 8), new Vp8Plane(header.across * 8, header.down * 8)
        };
        this.subblocks = new Vp8SubblockPrediction(luma);
    }

    /**
     * Decodes a key frame.
     *
     * @param from its first byte
     * @param declared its length as its chunk says
     * @param end where it ends, a byte of padding included
     */
    static Vp8Frame decode(ImageInput in, int from, long declared, int end) throws ImageReadException {
        Vp8Header header = new Vp8Header(in, from, declared, end);
        Vp8Frame frame = new Vp8Frame(header);
        Vp8LoopFilter filter = new Vp8LoopFilter(header, frame);
        frame.decode(in, filter);
        filter.apply();
        return frame;
    }

    private void decode(ImageInput in, Vp8LoopFilter filter) throws ImageReadException {
        Vp8Modes modes = new Vp8Modes(header);
        Vp8Residue residue = new Vp8Residue(header);
        for (int row = 0; row < header.down; row++) {
            Vp8Bits bits = header.partitions[row % header.partitions.length];
            modes.beginRow();
            residue.beginRow();
            for (int column = 0; column < header.across; column++) {
                modes.next(column);
                boolean any = false;
                if (modes.skipped) {
                    residue.skip(column, modes.bySubblocks);
                } else {
                    any = residue.read(bits, column, modes.bySubblocks, header.quantizers[modes.segment]);
                }
                if (bits.ended() || modes.ended()) {
                    throw in.error("WebP is truncated: its data ends before its last macroblock");
                }
                reconstruct(modes, residue, column, row);
                filter.mark(column, row, header.levels[modes.segment], modes.bySubblocks, any);
            }
        }
    }

    private void reconstruct(Vp8Modes modes, Vp8Residue residue, int column, int row) {
        boolean hasAbove = row > 0;
        boolean hasLeft = column > 0;
        int at = luma.at(column * 16, row * 16);
        if (modes.bySubblocks) {
            reconstructSubblocks(modes, residue, at, hasAbove && column == header.across - 1);
        } else {
            Vp8BlockPrediction.predict(luma, at, 16, modes.luma, hasAbove, hasLeft);
            for (int i = 0; i < 16; i++) {
                add(residue, i, luma, at + (i >> 2) * 4 * luma.stride + (i & 3) * 4);
            }
        }
        int block = 16;
        for (Vp8Plane plane : chroma) {
            int corner = plane.at(column * 8, row * 8);
            Vp8BlockPrediction.predict(plane, corner, 8, modes.chroma, hasAbove, hasLeft);
            for (int i = 0; i < 4; i++) {
                add(residue, block++, plane, corner + (i >> 1) * 4 * plane.stride + (i & 1) * 4);
            }
        }
    }

    private void reconstructSubblocks(Vp8Modes modes, Vp8Residue residue, int at, boolean nothingRight) {
        int above = at - luma.stride;
        for (int i = 0; i < 16; i++) {
            int block = at + (i >> 2) * 4 * luma.stride + (i & 3) * 4;
            int right = block - luma.stride + 4;
            int step = 1;
            if ((i & 3) == 3) {
                // What lies to the right below is not there yet, and nothing lies beyond the last column.
                right = nothingRight ? above + 15 : above + 16;
                step = nothingRight ? 0 : 1;
            }
            subblocks.predict(block, modes.subblocks[i], right, step);
            add(residue, i, luma, block);
        }
    }

    private void add(Vp8Residue residue, int block, Vp8Plane plane, int at) {
        int count = residue.counts[block];
        if (count > 1) {
            Vp8Transform.add(residue.coefficients, block * 16, plane.samples, at, plane.stride, half);
        } else if (count == 1) {
            Vp8Transform.addMean(residue.coefficients[block * 16], plane.samples, at, plane.stride);
        }
    }
}
