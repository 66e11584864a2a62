package io.github.mdetr.nn.image;

/**
 * Decodes one scan of a progressive JPEG (ITU-T T.81, annex G) into the components' coefficients: the first bits of a
 * band of coefficients, or one more bit of each.
 */
final class JpegProgressive {
    private final ImageInput in;
    private final JpegFrame frame;
    private final JpegScan scan;
    private final JpegBits bits;
    private final JpegRestarts restarts;

    /** Blocks, this one included, that have no further coefficients in this scan. */
    private int endOfBand;

    JpegProgressive(ImageInput in, JpegFrame frame, JpegScan scan) {
        this.in = in;
        this.frame = frame;
        this.scan = scan;
        this.bits = new JpegBits(in, scan.data());
        this.restarts = new JpegRestarts(scan, bits);
    }

    /** Decodes the scan. Returns where its data ends. */
    int decode(JpegProgression progression) throws ImageReadException {
        BlockDecoder decoder;
        if (scan.spectralStart() == 0) {
            decoder = scan.high() == 0 ? this::firstDc : this::refineDc;
        } else {
            decoder = scan.high() == 0 ? this::firstAc : this::refineAc;
        }
        JpegBlocks.forEach(frame, scan, new JpegBlocks.Visitor() {
            @Override
            public boolean beginUnit(int unitRow) throws ImageReadException {
                if (!bits.exhausted()) {
                    progression.reachRow(unitRow);
                }
                if (restarts.beginUnit()) {
                    endOfBand = 0;
                }
                return !bits.exhausted();
            }

            @Override
            public void visit(JpegScan.Part part, short[] block, int at) throws ImageReadException {
                decoder.decode(part, block, at);
            }

            @Override
            public void endUnit() throws ImageReadException {
                bits.endUnit();
            }
        });
        return bits.finish();
    }

    private interface BlockDecoder {
        void decode(JpegScan.Part part, short[] block, int at) throws ImageReadException;
    }

    private void firstDc(JpegScan.Part part, short[] block, int at) throws ImageReadException {
        JpegComponent component = part.component();
        component.lastDc += bits.signed(bits.symbol(part.dc()));
        block[at] = (short) (component.lastDc << scan.low());
    }

    private void refineDc(JpegScan.Part part, short[] block, int at) {
        if (bits.receive(1) != 0) {
            block[at] |= (short) (1 << scan.low());
        }
    }

    private void firstAc(JpegScan.Part part, short[] block, int at) throws ImageReadException {
        if (endOfBand > 0) {
            endOfBand--;
            return;
        }
        int end = scan.spectralEnd();
        for (int k = scan.spectralStart(); k <= end; k++) {
            int symbol = bits.symbol(part.ac());
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size == 0 && run < 15) {
                endOfBand = readEndOfBand(run) - 1;
                break;
            }
            k += run;
            if (size != 0) {
                int value = bits.signed(size);
                noteBand(k);
                block[at + JpegMarkers.ZIGZAG[k]] = (short) (value << scan.low());
            }
        }
    }

    private int readEndOfBand(int size) {
        return size == 0 ? 1 : (1 << size) + bits.receive(size);
    }

    private void noteBand(int k) throws ImageReadException {
        if (k > scan.spectralEnd()) {
            in.note("JPEG is damaged: a block has coefficients beyond its scan's");
        }
    }

    private void refineAc(JpegScan.Part part, short[] block, int at) throws ImageReadException {
        int end = scan.spectralEnd();
        int k = scan.spectralStart();
        if (endOfBand == 0) {
            for (; k <= end; k++) {
                int symbol = bits.symbol(part.ac());
                int run = symbol >> 4;
                int size = symbol & 15;
                int value = 0;
                if (size == 0) {
                    if (run < 15) {
                        endOfBand = readEndOfBand(run);
                        break;
                    }
                } else {
                    if (size != 1) {
                        in.note("JPEG is damaged: a refined coefficient of more than one bit");
                    }
                    value = bits.receive(1) != 0 ? 1 << scan.low() : -1 << scan.low();
                }
                k = passZeros(block, at, k, run);
                if (value != 0) {
                    noteBand(k);
                    block[at + JpegMarkers.ZIGZAG[k]] = (short) value;
                }
            }
        }
        if (endOfBand > 0) {
            passZeros(block, at, k, 64);
            endOfBand--;
        }
    }

    /** Passes so many coefficients that are zero, refining the others on the way; returns where the next zero stands. */
    private int passZeros(short[] block, int at, int from, int zeros) {
        int left = zeros;
        int k = from;
        for (; k <= scan.spectralEnd(); k++) {
            int position = at + JpegMarkers.ZIGZAG[k];
            int value = block[position];
            if (value == 0) {
                if (--left < 0) {
                    break;
                }
            } else if (bits.receive(1) != 0 && (value & (1 << scan.low())) == 0) {
                block[position] += (short) (value > 0 ? 1 << scan.low() : -1 << scan.low());
            }
        }
        return k;
    }
}
