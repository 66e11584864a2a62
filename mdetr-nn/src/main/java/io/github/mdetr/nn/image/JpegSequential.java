package io.github.mdetr.nn.image;

import java.util.Arrays;
import java.util.List;

/**
 * Decodes a scan of a sequential JPEG (ITU-T T.81, annex F.2): every block complete, either at once into the image or,
 * where components come in separate scans, into their coefficients.
 */
final class JpegSequential {
    private final ImageInput in;
    private final JpegFrame frame;
    private final JpegScan scan;
    private final JpegBits bits;
    private final JpegRestarts restarts;

    JpegSequential(ImageInput in, JpegFrame frame, JpegScan scan) {
        this.in = in;
        this.frame = frame;
        this.scan = scan;
        this.bits = new JpegBits(in, scan.data());
        this.restarts = new JpegRestarts(scan, bits);
    }

    /** Decodes the scan that holds all components. Returns where its data ends. */
    int render(JpegRenderer renderer) throws ImageReadException {
        List<JpegScan.Part> parts = scan.parts();
        int count = parts.size();
        JpegComponent[] components = new JpegComponent[count];
        JpegPlane[] planes = new JpegPlane[count];
        int[][] divisors = new int[count][];
        for (int i = 0; i < count; i++) {
            components[i] = parts.get(i).component();
            planes[i] = renderer.plane(components[i]);
            divisors[i] = JpegRenderer.quantization(components[i]);
        }
        short[] block = new short[64];
        for (int row = 0; row < frame.unitRows(); row++) {
            for (int column = 0; column < frame.unitColumns(); column++) {
                restarts.beginUnit();
                boolean empty = bits.exhausted();
                for (int i = 0; i < count; i++) {
                    JpegComponent component = components[i];
                    JpegScan.Part part = parts.get(i);
                    for (int y = 0; y < component.v; y++) {
                        for (int x = 0; x < component.h; x++) {
                            Arrays.fill(block, (short) 0);
                            int last = empty ? 0 : decode(block, 0, part);
                            renderer.put(
                                    planes[i],
                                    column * component.h + x,
                                    row * component.v + y,
                                    block,
                                    0,
                                    divisors[i],
                                    last);
                        }
                    }
                }
                bits.endUnit();
            }
            renderer.endUnitRow(row);
        }
        return bits.finish();
    }

    /** Decodes the scan into its components' coefficients. Returns where its data ends. */
    int store() throws ImageReadException {
        JpegBlocks.forEach(frame, scan, new JpegBlocks.Visitor() {
            @Override
            public boolean beginUnit(int unitRow) throws ImageReadException {
                restarts.beginUnit();
                return !bits.exhausted();
            }

            @Override
            public void visit(JpegScan.Part part, short[] coefficients, int at) throws ImageReadException {
                decode(coefficients, at, part);
            }

            @Override
            public void endUnit() throws ImageReadException {
                bits.endUnit();
            }
        });
        return bits.finish();
    }

    /** Decodes a block; returns the zigzag position of its last coefficient. */
    private int decode(short[] block, int at, JpegScan.Part part) throws ImageReadException {
        JpegBits source = bits;
        JpegComponent component = part.component();
        component.lastDc += source.signed(source.symbol(part.dc()));
        block[at] = (short) component.lastDc;
        JpegHuffman table = part.ac();
        int last = 0;
        for (int k = 1; k < 64; k++) {
            if (source.count < 32) {
                source.fill();
            }
            int entry = table.fast[(int) (source.bits >>> (64 - JpegHuffman.FAST_BITS))];
            int value;
            if (entry != 0) {
                k += (entry >> 8) & 15;
                source.bits <<= entry & 0xff;
                source.count -= entry & 0xff;
                value = entry >> 16;
            } else {
                int symbol = source.symbol(table);
                k += symbol >> 4;
                if ((symbol & 15) == 0) {
                    if (symbol != 0xf0) {
                        break;
                    }
                    continue;
                }
                value = source.signed(symbol & 15);
            }
            // A run may lead beyond the block: the value then lands on its last coefficient.
            block[at + JpegMarkers.ZIGZAG[k]] = (short) value;
            last = k;
        }
        if (last > 63) {
            in.note("JPEG is damaged: a block has more than 64 coefficients");
        }
        return last;
    }
}
