package io.github.mdetr.nn.image;

/** Keeps count of a scan's units and passes the restart markers between them (ITU-T T.81, E.2.4). */
final class JpegRestarts {
    private final JpegScan scan;
    private final JpegBits bits;
    private int untilRestart;
    private int passed;

    JpegRestarts(JpegScan scan, JpegBits bits) {
        this.scan = scan;
        this.bits = bits;
        this.untilRestart = scan.restartInterval();
        resetPredictions();
    }

    /** To be called before each unit; whether a restart came before it. */
    boolean beginUnit() throws ImageReadException {
        if (scan.restartInterval() == 0) {
            return false;
        }
        boolean restart = untilRestart == 0;
        if (restart) {
            bits.restart(passed++ & 7);
            resetPredictions();
            untilRestart = scan.restartInterval();
        }
        untilRestart--;
        return restart;
    }

    private void resetPredictions() {
        for (JpegScan.Part part : scan.parts()) {
            part.component().lastDc = 0;
        }
    }
}
