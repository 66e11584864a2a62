package io.github.mdetr.nn.image;

import java.util.List;

/** Turns coefficients, row of units by row of units, into the pixels of the image. */
final class JpegRenderer {
    private final JpegFrame frame;
    private final JpegColor color;
    private final JpegPlane[] planes;
    private final JpegInverseDct dct = new JpegInverseDct();
    private final byte[] rgb;
    private int nextRow;

    JpegRenderer(JpegFrame frame, JpegColor color) {
        this.frame = frame;
        this.color = color;
        this.rgb = new byte[frame.width() * frame.height() * 3];
        List<JpegComponent> components = frame.components();
        this.planes = new JpegPlane[components.size()];
        for (int i = 0; i < planes.length; i++) {
            planes[i] = new JpegPlane(frame, components.get(i));
        }
    }

    /** The plane of a component, which takes its blocks. */
    JpegPlane plane(JpegComponent component) {
        return planes[frame.components().indexOf(component)];
    }

    /** A component's divisors; zeros, and so gray, for one that never came. */
    static int[] quantization(JpegComponent component) {
        return component.quantization == null ? new int[64] : component.quantization;
    }

    /** Transforms a block of coefficients, of which those beyond {@code last} in zigzag order are zero. */
    void put(JpegPlane plane, int column, int blockRow, short[] block, int at, int[] divisors, int last) {
        dct.transform(block, at, divisors, last, plane.samples(), plane.blockOffset(column, blockRow), plane.stride());
    }

    /** Finishes the image's rows that the units so far decide: all but the last few, which need those below. */
    void endUnitRow(int unitRow) {
        boolean last = unitRow == frame.unitRows() - 1;
        int end = last ? frame.height() : (unitRow + 1) * 8 * frame.maxV() - frame.maxV();
        for (; nextRow < end; nextRow++) {
            for (JpegPlane plane : planes) {
                plane.select(nextRow);
            }
            color.convert(planes, frame.width(), rgb, nextRow * frame.width() * 3);
        }
    }

    RgbImage image() {
        return new RgbImage(frame.width(), frame.height(), rgb);
    }
}
