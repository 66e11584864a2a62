package io.github.mdetr.nn.image;

/**
 * Makes pixels of a decoded frame as libwebp does by default: chroma is enlarged by a filter that weighs the nearest of
 * four samples 9/16, its neighbours 3/16 each, the one across 1/16; then BT.601 in fixed point.
 */
final class Vp8Renderer {
    private static final int FRACTION = 6;

    private final Vp8Frame frame;
    private final int chromaWidth;
    private final int chromaHeight;

    /** A chroma line between two rows, times 4, for each plane. */
    private final int[][] lines;

    Vp8Renderer(Vp8Frame frame) {
        this.frame = frame;
        this.chromaWidth = (frame.width + 1) / 2;
        this.chromaHeight = (frame.height + 1) / 2;
        this.lines = new int[2][chromaWidth];
    }

    /**
     * Writes all rows.
     *
     * @param at where the first pixel's red goes
     * @param stride bytes from row to row
     */
    void render(byte[] rgb, int at, int stride) {
        for (int y = 0; y < frame.height; y++) {
            int near = y / 2;
            int far = Math.max(0, Math.min((y & 1) == 0 ? near - 1 : near + 1, chromaHeight - 1));
            for (int plane = 0; plane < 2; plane++) {
                mix(frame.chroma[plane], near, far, lines[plane]);
            }
            renderRow(y, rgb, at + y * stride);
        }
    }

    private void mix(Vp8Plane plane, int near, int far, int[] line) {
        byte[] samples = plane.samples;
        int nearAt = plane.at(0, near);
        int farAt = plane.at(0, far);
        for (int x = 0; x < chromaWidth; x++) {
            line[x] = 3 * (samples[nearAt + x] & 0xff) + (samples[farAt + x] & 0xff);
        }
    }

    private void renderRow(int row, byte[] rgb, int at) {
        byte[] luma = frame.luma.samples;
        int from = frame.luma.at(0, row);
        int[] us = lines[0];
        int[] vs = lines[1];
        int to = at;
        for (int x = 0; x < frame.width; x++) {
            int near = x / 2;
            int far = Math.max(0, Math.min((x & 1) == 0 ? near - 1 : near + 1, chromaWidth - 1));
            int u = (3 * us[near] + us[far] + 8) >> 4;
            int v = (3 * vs[near] + vs[far] + 8) >> 4;
            int y = times(luma[from + x] & 0xff, 19077);
            rgb[to] = Vp8Transform.clamp((y + times(v, 26149) - 14234) >> FRACTION);
            rgb[to + 1] = Vp8Transform.clamp((y - times(u, 6419) - times(v, 13320) + 8708) >> FRACTION);
            rgb[to + 2] = Vp8Transform.clamp((y + times(u, 33050) - 17685) >> FRACTION);
            to += 3;
        }
    }

    private static int times(int value, int factor) {
        return (value * factor) >> 8;
    }
}
