package io.github.mdetr.nn.image;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JPEG (ITU-T T.81: baseline, extended sequential and progressive, Huffman-coded, 8 bits) to the pixels that
 * libjpeg-turbo with its defaults, and so PIL, gives.
 *
 * <p>A file whose first scan holds all components is decoded straight into pixels; others keep their coefficients, two
 * bytes each.
 */
final class JpegDecoder {
    private final ImageInput in;
    private final JpegMarkers markers;

    private JpegDecoder(ImageInput in) {
        this.in = in;
        this.markers = new JpegMarkers(in);
    }

    /** The pixels as stored. */
    static DecodedImage decode(ImageInput in) throws ImageReadException {
        JpegDecoder decoder = new JpegDecoder(in);
        RgbImage pixels = decoder.decode();
        return new DecodedImage(pixels, decoder.markers.orientation.found());
    }

    private RgbImage decode() throws ImageReadException {
        JpegScan first = markers.nextScan();
        if (first == null) {
            throw in.error("JPEG has no image data");
        }
        JpegFrame frame = markers.frame();
        // A block needs one bit at the very least, so a short file cannot make us allocate a large image.
        if (frame.blocks() / 8 > in.length()) {
            throw in.error("JPEG is truncated: " + in.length() + " bytes cannot hold " + frame.width() + "x"
                    + frame.height() + " pixels");
        }
        JpegColor color = JpegColor.of(frame, markers);
        if (!frame.progressive() && first.parts().size() == frame.components().size()) {
            JpegRenderer renderer = new JpegRenderer(frame, color);
            markers.resumeAt(new JpegSequential(in, frame, first).render(renderer));
            markers.finish();
            return renderer.image();
        }
        for (JpegComponent component : frame.components()) {
            component.coefficients = new short[Math.toIntExact(component.blocks() * 64)];
        }
        if (frame.progressive()) {
            JpegProgression progression = readProgressive(frame, first);
            return renderCoefficients(frame, color, progression.smooth() ? progression : null);
        }
        readSequential(frame, first);
        return renderCoefficients(frame, color, null);
    }

    private JpegProgression readProgressive(JpegFrame frame, JpegScan first) throws ImageReadException {
        JpegProgression progression = new JpegProgression(in, frame);
        for (@Nullable JpegScan scan = first; scan != null; scan = markers.nextScan()) {
            progression.add(scan);
            markers.resumeAt(new JpegProgressive(in, frame, scan).decode(progression));
        }
        return progression;
    }

    private void readSequential(JpegFrame frame, JpegScan first) throws ImageReadException {
        Set<JpegComponent> complete = new HashSet<>();
        int scans = 0;
        for (@Nullable JpegScan scan = first; scan != null; scan = markers.nextScan()) {
            for (JpegScan.Part part : scan.parts()) {
                if (!complete.add(part.component())) {
                    in.note("JPEG is damaged: a component comes in two scans");
                }
            }
            JpegProgression.checkCount(in, ++scans);
            markers.resumeAt(new JpegSequential(in, frame, scan).store());
        }
        if (complete.size() < frame.components().size()) {
            in.note("JPEG is incomplete: it has scans for " + complete.size() + " of its "
                    + frame.components().size() + " components");
        }
    }

    /** The image of the components' coefficients, smoothed where a progression says what is known of them. */
    private RgbImage renderCoefficients(JpegFrame frame, JpegColor color, @Nullable JpegProgression progression) {
        JpegRenderer renderer = new JpegRenderer(frame, color);
        for (int row = 0; row < frame.unitRows(); row++) {
            for (int c = 0; c < frame.components().size(); c++) {
                JpegComponent component = frame.components().get(c);
                int[] divisors = JpegRenderer.quantization(component);
                JpegPlane plane = renderer.plane(component);
                short[] coefficients = component.coefficients;
                if (coefficients == null) {
                    throw new IllegalStateException("coefficients of component " + component.id + " are not there");
                }
                if (progression != null) {
                    new JpegSmoothing(frame, component, progression.known(c, row)).render(renderer, row);
                    continue;
                }
                for (int y = row * component.v; y < (row + 1) * component.v; y++) {
                    for (int x = 0; x < component.paddedBlocksWide; x++) {
                        int at = (y * component.paddedBlocksWide + x) * 64;
                        renderer.put(plane, x, y, coefficients, at, divisors, last(coefficients, at));
                    }
                }
            }
            renderer.endUnitRow(row);
        }
        return renderer.image();
    }

    /** A zigzag position beyond which all coefficients of a block are zero; only cases worth the test are told apart. */
    private static int last(short[] coefficients, int at) {
        int others = 0;
        for (int i = at + 1; i < at + 64; i++) {
            others |= coefficients[i];
        }
        return others == 0 ? 0 : 63;
    }
}
