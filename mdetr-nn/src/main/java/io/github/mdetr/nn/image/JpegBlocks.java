package io.github.mdetr.nn.image;

/** The order in which a scan's blocks come (ITU-T T.81, A.2). */
final class JpegBlocks {
    private JpegBlocks() {}

    /** Takes a scan's blocks. */
    interface Visitor {
        /** Called before each unit, where a restart may be due; whether there is data for its blocks. */
        boolean beginUnit(int unitRow) throws ImageReadException;

        /** Takes a block: its component's coefficients and where among them it begins. */
        void visit(JpegScan.Part part, short[] coefficients, int at) throws ImageReadException;

        /** Called behind each unit. */
        void endUnit() throws ImageReadException;
    }

    /** Visits all blocks of a scan whose components have coefficients allocated. */
    static void forEach(JpegFrame frame, JpegScan scan, Visitor visitor) throws ImageReadException {
        if (!scan.interleaved()) {
            JpegScan.Part part = scan.parts().get(0);
            JpegComponent component = part.component();
            short[] coefficients = coefficients(component);
            for (int y = 0; y < component.blocksHigh; y++) {
                for (int x = 0; x < component.blocksWide; x++) {
                    if (visitor.beginUnit(y / component.v)) {
                        visitor.visit(part, coefficients, (y * component.paddedBlocksWide + x) * 64);
                    }
                    visitor.endUnit();
                }
            }
            return;
        }
        for (int row = 0; row < frame.unitRows(); row++) {
            for (int column = 0; column < frame.unitColumns(); column++) {
                if (visitor.beginUnit(row)) {
                    for (JpegScan.Part part : scan.parts()) {
                        visitUnit(part, row, column, visitor);
                    }
                }
                visitor.endUnit();
            }
        }
    }

    private static void visitUnit(JpegScan.Part part, int row, int column, Visitor visitor) throws ImageReadException {
        JpegComponent component = part.component();
        short[] coefficients = coefficients(component);
        for (int y = row * component.v; y < (row + 1) * component.v; y++) {
            for (int x = column * component.h; x < (column + 1) * component.h; x++) {
                visitor.visit(part, coefficients, (y * component.paddedBlocksWide + x) * 64);
            }
        }
    }

    private static short[] coefficients(JpegComponent component) {
        if (component.coefficients == null) {
            throw new IllegalStateException("coefficients of component " + component.id + " are not allocated");
        }
        return component.coefficients;
    }
}
