package io.github.mdetr.nn.image;

/** Smooths the edges of blocks (RFC 6386, section 15), macroblock by macroblock over the whole frame. */
final class Vp8LoopFilter {
    private final Vp8Header header;
    private final Vp8Frame frame;

    /** Level of each macroblock; its highest bit tells that edges within are filtered too. */
    private final byte[] levels;

    private int interior;
    private int threshold;

    Vp8LoopFilter(Vp8Header header, Vp8Frame frame) {
        this.header = header;
        this.frame = frame;
        this.levels = new byte[header.across * header.down];
    }

    /** Notes how a macroblock is to be filtered. */
    void mark(int column, int row, int segmentLevel, boolean bySubblocks, boolean hasCoefficients) {
        int level = header.filter.of(segmentLevel, bySubblocks);
        levels[row * header.across + column] = (byte) (bySubblocks || hasCoefficients ? level | 0x80 : level);
    }

    void apply() {
        if (header.filter.level() == 0) {
            return;
        }
        for (int row = 0; row < header.down; row++) {
            for (int column = 0; column < header.across; column++) {
                int mark = levels[row * header.across + column];
                int level = mark & 0x7f;
                if (level > 0) {
                    interior = header.filter.interiorLimit(level);
                    threshold = Vp8FilterLevels.edgeThreshold(level);
                    macroblock(column, row, 2 * level + interior, mark < 0);
                }
            }
        }
    }

    private void macroblock(int column, int row, int limit, boolean within) {
        plane(frame.luma, frame.luma.at(column * 16, row * 16), 16, column, row, limit, within);
        if (!header.filter.simple) {
            for (Vp8Plane plane : frame.chroma) {
                plane(plane, plane.at(column * 8, row * 8), 8, column, row, limit, within);
            }
        }
    }

    private void plane(Vp8Plane plane, int at, int side, int column, int row, int limit, boolean within) {
        byte[] samples = plane.samples;
        int stride = plane.stride;
        if (column > 0) {
            outer(samples, at, 1, stride, side, limit + 4);
        }
        if (within) {
            for (int i = 4; i < side; i += 4) {
                inner(samples, at + i, 1, stride, side, limit);
            }
        }
        if (row > 0) {
            outer(samples, at, stride, 1, side, limit + 4);
        }
        if (within) {
            for (int i = 4; i < side; i += 4) {
                inner(samples, at + i * stride, stride, 1, side, limit);
            }
        }
    }

    /**
     * Filters the edge between two macroblocks.
     *
     * @param from first sample behind the edge
     * @param across step from a sample to the next across the edge
     * @param along step along the edge
     */
    private void outer(byte[] s, int from, int across, int along, int length, int limit) {
        if (header.filter.simple) {
            simple(s, from, across, along, length, limit);
            return;
        }
        for (int i = 0, q0 = from; i < length; i++, q0 += along) {
            if (!smooth(s, q0, across, limit)) {
                continue;
            }
            if (rough(s, q0, across)) {
                adjust(s, q0, across, true);
            } else {
                int w = clamp(
                        clamp(at(s, q0 - 2 * across) - at(s, q0 + across)) + 3 * (at(s, q0) - at(s, q0 - across)));
                move(s, q0 - across, q0, (27 * w + 63) >> 7);
                move(s, q0 - 2 * across, q0 + across, (18 * w + 63) >> 7);
                move(s, q0 - 3 * across, q0 + 2 * across, (9 * w + 63) >> 7);
            }
        }
    }

    /** Filters an edge within a macroblock. */
    private void inner(byte[] s, int from, int across, int along, int length, int limit) {
        if (header.filter.simple) {
            simple(s, from, across, along, length, limit);
            return;
        }
        for (int i = 0, q0 = from; i < length; i++, q0 += along) {
            if (!smooth(s, q0, across, limit)) {
                continue;
            }
            boolean rough = rough(s, q0, across);
            int step = adjust(s, q0, across, rough);
            if (!rough) {
                move(s, q0 - 2 * across, q0 + across, (step + 1) >> 1);
            }
        }
    }

    private static void simple(byte[] s, int from, int across, int along, int length, int limit) {
        for (int i = 0, q0 = from; i < length; i++, q0 += along) {
            if (flat(s, q0, across, limit)) {
                adjust(s, q0, across, true);
            }
        }
    }

    /** Moves the samples beside the edge towards each other; by how much, at the one behind it. */
    private static int adjust(byte[] s, int q0, int across, boolean outerTaps) {
        int p0 = q0 - across;
        int taps = outerTaps ? clamp(at(s, p0 - across) - at(s, q0 + across)) : 0;
        int a = clamp(taps + 3 * (at(s, q0) - at(s, p0)));
        int behind = Math.min(a + 4, 127) >> 3;
        int before = Math.min(a + 3, 127) >> 3;
        s[q0] = Vp8Transform.clamp(at(s, q0) - behind);
        s[p0] = Vp8Transform.clamp(at(s, p0) + before);
        return behind;
    }

    private static void move(byte[] s, int p, int q, int by) {
        s[q] = Vp8Transform.clamp(at(s, q) - by);
        s[p] = Vp8Transform.clamp(at(s, p) + by);
    }

    private static boolean flat(byte[] s, int q0, int across, int limit) {
        int p0 = q0 - across;
        return Math.abs(at(s, p0) - at(s, q0)) * 2 + (Math.abs(at(s, p0 - across) - at(s, q0 + across)) >> 1) <= limit;
    }

    /** Whether the samples around an edge differ so little that it is not one of the picture. */
    private boolean smooth(byte[] s, int q0, int across, int limit) {
        if (!flat(s, q0, across, limit)) {
            return false;
        }
        int p3 = q0 - 4 * across;
        for (int i = 0; i < 3; i++) {
            int p = p3 + i * across;
            int q = q0 + i * across;
            if (Math.abs(at(s, p) - at(s, p + across)) > interior
                    || Math.abs(at(s, q) - at(s, q + across)) > interior) {
                return false;
            }
        }
        return true;
    }

    private boolean rough(byte[] s, int q0, int across) {
        int p0 = q0 - across;
        return Math.abs(at(s, p0 - across) - at(s, p0)) > threshold
                || Math.abs(at(s, q0 + across) - at(s, q0)) > threshold;
    }

    private static int at(byte[] s, int i) {
        return s[i] & 0xff;
    }

    private static int clamp(int value) {
        return Math.max(-128, Math.min(value, 127));
    }
}
