package io.github.mdetr.nn.image;

import java.util.Arrays;

/** Which bits of which coefficients of a progressive JPEG have come, and whether a scan goes on from there. */
final class JpegProgression {
    /** No encoder needs a tenth of this; each scan may cost a pass over all blocks for a few bytes. */
    private static final int MAX_SCANS = 200;

    private static final int NOT_SENT = -1;

    private final ImageInput in;
    private final JpegFrame frame;

    /** By component and zigzag position, the lowest bit that has come. */
    private final int[][] reached;

    private int scans;

    JpegProgression(ImageInput in, JpegFrame frame) {
        this.in = in;
        this.frame = frame;
        this.reached = new int[frame.components().size()][64];
        for (int[] component : reached) {
            Arrays.fill(component, NOT_SENT);
        }
    }

    /** Notes a scan; refuses one that does not follow from those before it. */
    void add(JpegScan next) throws ImageReadException {
        if (++scans > MAX_SCANS) {
            throw in.error("JPEG has more than " + MAX_SCANS + " scans; save it again with fewer");
        }
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
}
