package io.github.mdetr.nn.image;

import java.util.List;

/**
 * A scan's header (ITU-T T.81, B.2.3) with the tables in force.
 *
 * @param parts the components in it
 * @param spectralStart first coefficient in zigzag order
 * @param spectralEnd last one
 * @param high bit position that earlier scans have reached, 0 for the first
 * @param low bit position that this scan reaches
 * @param restartInterval units between restart markers, 0 for none
 * @param data where its entropy-coded data begins
 */
record JpegScan(
        List<Part> parts, int spectralStart, int spectralEnd, int high, int low, int restartInterval, int data) {
    /** A component in a scan with its Huffman tables. */
    record Part(JpegComponent component, JpegHuffman dc, JpegHuffman ac) {}

    /** Whether its data has symbols of the tables for DC. */
    boolean usesDc(boolean progressive) {
        return !progressive || (spectralStart == 0 && high == 0);
    }

    /** Whether its data has symbols of the tables for AC. */
    boolean usesAc(boolean progressive) {
        return !progressive || spectralStart > 0;
    }

    /** Whether components alternate unit by unit; alone, a component's blocks come row by row without padding. */
    boolean interleaved() {
        return parts.size() > 1;
    }
}
