package io.github.mdetr.nn.image;

import java.util.Arrays;

/**
 * Decodes the scans of a progressive JPEG (ITU-T T.81, annex G) into the components' coefficients and checks that each
 * scan goes on where the ones before it ended.
 */
final class JpegProgressive {
    /** No encoder needs a tenth of this; each scan may cost a pass over all blocks for a few bytes. */
    private static final int MAX_SCANS = 200;

    private static final int NOT_SENT = -1;

    private final ImageInput in;
    private final JpegFrame frame;

    /** By component and zigzag position, the lowest bit that has come. */
    private final int[][] reached;

    private int scans;

    // Of the scan being decoded.
    private JpegScan scan;
    private JpegBits bits;
    private int untilRestart;
    private int restarts;

    /** Blocks, this one included, that have no further coefficients in this scan. */
    private int endOfBand;

    JpegProgressive(ImageInput in, JpegFrame frame, JpegScan first) {
        this.in = in;
        this.frame = frame;
        this.reached = new int[frame.components().size()][64];
        for (int[] component : reached) {
            Arrays.fill(component, NOT_SENT);
        }
        this.scan = first;
        this.bits = new JpegBits(in, first.data());
    }

    /** Decodes a scan. Returns where its data ends. */
    int decode(JpegScan next) throws ImageReadException {
        if (++scans > MAX_SCANS) {
            throw in.error("JPEG has more than " + MAX_SCANS + " scans; save it again with fewer");
        }
        checkProgression(next);
        scan = next;
        bits = new JpegBits(in, next.data());
        untilRestart = next.restartInterval();
        restarts = 0;
        endOfBand = 0;
        boolean dc = next.spectralStart() == 0;
        for (JpegScan.Part part : next.parts()) {
            part.component().lastDc = 0;
        }
        JpegBlocks.Visitor visitor;
        if (dc) {
            visitor = next.high() == 0 ? this::firstDc : this::refineDc;
        } else {
            visitor = next.high() == 0 ? this::firstAc : this::refineAc;
        }
        JpegBlocks.forEach(frame, next, this::beginUnit, visitor);
        return bits.finish();
    }

    /** Refuses an image of which some bits never came. */
    void checkComplete() throws ImageReadException {
        for (int[] component : reached) {
            for (int low : component) {
                if (low != 0) {
                    throw in.error("JPEG is incomplete: its scans do not hold all bits of all coefficients");
                }
            }
        }
    }

    private void checkProgression(JpegScan next) throws ImageReadException {
        int start = next.spectralStart();
        int end = next.spectralEnd();
        boolean bandOk = start == 0 ? end == 0 : start <= end && end <= 63 && !next.interleaved();
        boolean bitsOk = next.low() <= 13 && (next.high() == 0 || next.low() == next.high() - 1);
        if (!bandOk || !bitsOk) {
            throw in.error("JPEG is damaged: a scan of coefficients " + start + " to " + end + ", bits " + next.high()
                    + " to " + next.low() + ", of " + next.parts().size() + " components is not allowed");
        }
        for (JpegScan.Part part : next.parts()) {
            int[] component = reached[frame.components().indexOf(part.component())];
            boolean ok = start == 0 || component[0] != NOT_SENT;
            for (int k = start; k <= end; k++) {
                ok &= component[k] == (next.high() == 0 ? NOT_SENT : next.high());
                component[k] = next.low();
            }
            if (!ok) {
                throw in.error("JPEG is damaged: its scans do not follow each other");
            }
        }
    }

    private void beginUnit() throws ImageReadException {
        if (scan.restartInterval() == 0) {
            return;
        }
        if (untilRestart == 0) {
            bits.restart(restarts++ & 7);
            for (JpegScan.Part part : scan.parts()) {
                part.component().lastDc = 0;
            }
            endOfBand = 0;
            untilRestart = scan.restartInterval();
        }
        untilRestart--;
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
                checkBand(k);
                block[at + JpegMarkers.ZIGZAG[k]] = (short) (value << scan.low());
            }
        }
    }

    private int readEndOfBand(int size) {
        return size == 0 ? 1 : (1 << size) + bits.receive(size);
    }

    private void checkBand(int k) throws ImageReadException {
        if (k > scan.spectralEnd()) {
            bits.checkOverrun();
            throw in.error("JPEG is damaged: a block has coefficients beyond its scan's");
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
                } else if (size == 1) {
                    value = bits.receive(1) != 0 ? 1 << scan.low() : -1 << scan.low();
                } else {
                    bits.checkOverrun();
                    throw in.error("JPEG is damaged: a refined coefficient of more than one bit");
                }
                k = passZeros(block, at, k, run);
                if (value != 0) {
                    checkBand(k);
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
            } else if (bits.receive(1) != 0 && ((Math.abs(value) >> scan.low()) & 1) == 0) {
                block[position] += (short) (value > 0 ? 1 << scan.low() : -1 << scan.low());
            }
        }
        return k;
    }
}
