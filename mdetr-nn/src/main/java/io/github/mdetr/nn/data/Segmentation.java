package io.github.mdetr.nn.data;

import java.util.List;

/** Which pixels an object covers, as COCO writes it. */
public sealed interface Segmentation {
    /**
     * Outlines.
     *
     * @param outlines of each part x, y, x, y … in pixels
     */
    record Polygons(List<float[]> outlines) implements Segmentation {
        /** Copies the list. */
        public Polygons {
            outlines = List.copyOf(outlines);
        }
    }

    /**
     * Lengths of runs of pixels outside and inside by turns, column by column, beginning outside.
     *
     * @param height of the image
     * @param width of the image
     * @param counts lengths of the runs
     */
    record Runs(int height, int width, List<Long> counts) implements Segmentation {
        /** Copies the list. */
        public Runs {
            counts = List.copyOf(counts);
        }
    }

    /**
     * The same in COCO's text.
     *
     * @param height of the image
     * @param width of the image
     * @param counts the runs, six bits a character
     */
    record CompressedRuns(int height, int width, String counts) implements Segmentation {}
}
