package io.github.mdetr.nn.image;

import java.util.Arrays;

/** Which bits of which coefficients of a progressive JPEG have come, and whether a scan goes on from there. */
final class JpegProgression {
    /** No encoder needs a tenth of this. */
    private static final int MAX_SCANS = 200;

    static final int NOT_SENT = -1;

    private final ImageInput in;
    private final JpegFrame frame;

    /** By component and zigzag position, the lowest bit that has come. */
    private final int[][] reached;

    /** The same before the last scan that has the component. */
    private final int[][] before;

    /** The last row of units that the last scan has data for. */
    private int lastGoodRow;

    private int scans;

    JpegProgression(ImageInput in, JpegFrame frame) {
        this.in = in;
        this.frame = frame;
        this.reached = new int[frame.components().size()][64];
        this.before = new int[reached.length][64];
        for (int[] component : reached) {
            Arrays.fill(component, NOT_SENT);
        }
    }

    /** Refuses more scans than any encoder makes, for each may cost a pass over all blocks for a few bytes. */
    static void checkCount(ImageInput in, int scans) throws ImageReadException {
        if (scans > MAX_SCANS) {
            throw in.error("JPEG has more than " + MAX_SCANS + " scans; save it again with fewer");
        }
    }

    /** Notes a scan; refuses one that no progression has. */
    void add(JpegScan next) throws ImageReadException {
        checkCount(in, ++scans);
        int start = next.spectralStart();
        int end = next.spectralEnd();
        boolean bandOk = start == 0 ? end == 0 : start <= end && end <= 63 && !next.interleaved();
        boolean bitsOk = next.low() <= 13 && (next.high() == 0 || next.low() == next.high() - 1);
        if (!bandOk || !bitsOk) {
            throw in.error("JPEG is damaged: a scan of coefficients " + start + " to " + end + ", bits " + next.high()
                    + " to " + next.low() + ", of " + next.parts().size() + " components is not allowed");
        }
        lastGoodRow = -1;
        for (JpegScan.Part part : next.parts()) {
            int index = frame.components().indexOf(part.component());
            int[] component = reached[index];
            boolean ok = start == 0 || component[0] != NOT_SENT;
            for (int k = Math.min(start, 1); k <= Math.max(end, 9); k++) {
                before[index][k] = scans > 1 ? component[k] : 0;
            }
            for (int k = start; k <= end; k++) {
                ok &= Math.max(component[k], 0) == next.high();
                component[k] = next.low();
            }
            if (!ok) {
                in.note("JPEG is damaged: its scans do not follow each other");
            }
        }
    }

    /** Notes the row of units that the last scan has data for. */
    void reachRow(int unitRow) {
        lastGoodRow = unitRow;
    }

    /**
     * Which bits of a component's first ten coefficients are known in a row of units, as in {@link #reached}: beyond
     * where the last scan's data ended those that were known before it.
     */
    int[] known(int component, int unitRow) {
        if (unitRow <= lastGoodRow) {
            return reached[component];
        }
        int[] earlier = before[component].clone();
        if (scans <= 1) {
            Arrays.fill(earlier, NOT_SENT);
        }
        return earlier;
    }

    /** Notes an image of which some bits never came. Whether its blocks are to be smoothed, as libjpeg decides it. */
    boolean smooth() throws ImageReadException {
        boolean complete = true;
        boolean useful = false;
        boolean possible = true;
        for (int c = 0; c < reached.length; c++) {
            for (int k = 0; k < 64; k++) {
                complete &= reached[c][k] == 0;
                useful |= k >= 1 && k < 10 && reached[c][k] != 0;
            }
            int[] divisors = frame.components().get(c).quantization;
            possible &= reached[c][0] != NOT_SENT && divisors != null && JpegSmoothing.canDivide(divisors);
        }
        if (!complete) {
            in.note("JPEG is incomplete: its scans do not hold all bits of all coefficients");
        }
        return useful && possible;
    }
}
