package io.github.mdetr.nn.image;

/**
 * To which size an image is brought before the model sees it; a pure function of its size.
 *
 * <p>Evaluation uses {@link #evaluation()}, the shorter side 800 and the longer at most 1333 (Carion et al., DETR,
 * appendix A.4); training draws the shorter side and follows the same rule; CLEVR evaluates at {@link #nativeSize()}.
 */
@FunctionalInterface
public interface ResizePolicy {
    /** The size to which an image of this size is resized. */
    ImageSize apply(ImageSize size);

    /** The shorter side 800, the longer at most 1333. */
    static ResizePolicy evaluation() {
        return shortestSide(800, 1333);
    }

    /** Every image as it is. */
    static ResizePolicy nativeSize() {
        return size -> size;
    }

    /**
     * The shorter side becomes {@code shortest}, the longer follows without a limit, truncated to whole pixels.
     *
     * @throws IllegalArgumentException if {@code shortest} is less than 1
     */
    static ResizePolicy shortestSide(int shortest) {
        return shortestSide(shortest, Integer.MAX_VALUE);
    }

    /**
     * The shorter side becomes {@code shortest} unless the longer would pass {@code longest}: then the shorter is
     * {@code round(longest·min/max)}, halves to even. The longer side follows from the shorter, truncated (so it may
     * end a few pixels beside {@code longest}, as in the published implementation). An image whose shorter side
     * already fits is unchanged. A shorter side that would round to 0 becomes 1 and the longer at most {@code longest}.
     *
     * @throws IllegalArgumentException if a side is less than 1 or {@code longest} is less than {@code shortest}
     */
    static ResizePolicy shortestSide(int shortest, int longest) {
        if (shortest < 1 || longest < shortest) {
            throw new IllegalArgumentException(
                    "resize: expected 1 <= shortest <= longest, got shortest " + shortest + ", longest " + longest);
        }
        return size -> {
            int small = Math.min(size.width(), size.height());
            int large = Math.max(size.width(), size.height());
            // The published arithmetic is in double and in this order; another order moves some sizes by a pixel.
            double wanted = (double) large / small * shortest;
            int side = wanted > longest ? (int) Math.rint((double) longest * small / large) : shortest;
            if (side == small) {
                return size;
            }
            long other = side == 0 ? longest : (long) side * large / small;
            int shorter = Math.max(side, 1);
            int longer = (int) Math.min(other, Integer.MAX_VALUE);
            return size.width() < size.height() ? new ImageSize(shorter, longer) : new ImageSize(longer, shorter);
        };
    }
}
