package io.github.mdetr.nn.image;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JPEG's frame header (ITU-T T.81, B.2.2).
 *
 * @param width pixels a row
 * @param height rows
 * @param progressive whether coefficients come in several scans of growing precision
 * @param components one, three or four
 * @param maxH largest horizontal sampling factor
 * @param maxV largest vertical one
 */
record JpegFrame(int width, int height, boolean progressive, List<JpegComponent> components, int maxH, int maxV) {
    /** Reads the segment at an offset, its length included. */
    static JpegFrame read(ImageInput in, int at, boolean progressive) throws ImageReadException {
        int length = in.u16(at);
        int count = length < 8 ? 0 : in.u8(at + 7);
        if (length < 8 || length != 8 + 3 * count) {
            throw in.error("JPEG is damaged: its frame header at byte " + at + " has a wrong length");
        }
        int bits = in.u8(at + 2);
        int height = in.u16(at + 3);
        int width = in.u16(at + 5);
        if (bits != 8) {
            throw in.error("JPEG has " + bits + " bits a sample, expected 8; convert it to PNG or 8-bit JPEG");
        }
        if (width == 0 || height == 0) {
            throw in.error("JPEG declares a size of " + width + "x" + height + ", expected at least one pixel");
        }
        if (count != 1 && count != 3 && count != 4) {
            throw in.error("JPEG has " + count + " components, expected 1, 3 or 4");
        }
        in.checkPixels("JPEG", width, height);
        int maxH = 1;
        int maxV = 1;
        for (int i = 0; i < count; i++) {
            int sampling = in.u8(at + 9 + 3 * i);
            if (sampling >> 4 < 1 || sampling >> 4 > 4 || (sampling & 15) < 1 || (sampling & 15) > 4) {
                throw in.error("JPEG is damaged: component " + i + " has sampling factors " + (sampling >> 4) + "x"
                        + (sampling & 15) + ", expected 1 to 4");
            }
            maxH = Math.max(maxH, sampling >> 4);
            maxV = Math.max(maxV, sampling & 15);
        }
        JpegComponent[] components = new JpegComponent[count];
        for (int i = 0; i < count; i++) {
            int spec = at + 8 + 3 * i;
            int h = in.u8(spec + 1) >> 4;
            int v = in.u8(spec + 1) & 15;
            if (count == 1) {
                // Alone, a component's blocks come row by row whatever its sampling.
                h = 1;
                v = 1;
                maxH = 1;
                maxV = 1;
            }
            if (maxH % h != 0 || maxV % v != 0) {
                throw in.error("JPEG has components sampled " + h + "x" + v + " and " + maxH + "x" + maxV
                        + "; only whole ratios are supported");
            }
            int quantizer = in.u8(spec + 2);
            if (quantizer > 3) {
                throw in.error("JPEG is damaged: component " + i + " has quantization table " + quantizer);
            }
            components[i] = new JpegComponent(in.u8(spec), h, v, quantizer, width, height, maxH, maxV);
            for (int j = 0; j < i; j++) {
                if (components[j].id == components[i].id) {
                    in.note("JPEG is damaged: two components have the id " + components[i].id);
                }
            }
        }
        return new JpegFrame(width, height, progressive, List.of(components), maxH, maxV);
    }

    /**
     * The component of a scan.
     *
     * @param id its name
     * @param place how many the scan has before it; they come in the frame's order
     * @return null if there is none from that place on
     */
    @Nullable
    JpegComponent component(int id, int place) {
        for (JpegComponent component : components.subList(Math.min(place, components.size()), components.size())) {
            if (component.id == id) {
                return component;
            }
        }
        return null;
    }

    /** Rows of units, each 8·maxV rows of the image. */
    int unitRows() {
        return (height + 8 * maxV - 1) / (8 * maxV);
    }

    /** Units a row. */
    int unitColumns() {
        return (width + 8 * maxH - 1) / (8 * maxH);
    }

    /** Blocks of all components. */
    long blocks() {
        return components.stream().mapToLong(JpegComponent::blocks).sum();
    }
}
