package io.github.mdetr.nn.matching;

import io.github.mdetr.nn.box.Boxes;
import org.jspecify.annotations.Nullable;

/**
 * The objects that a caption names in its image: what predictions are matched with and trained on.
 *
 * @param boxes [N][4] as cxcywh in [0, 1] of the image, with an area
 * @param positiveMap [N][C]: how much each token position is meant by the object's words, as
 *     {@link io.github.mdetr.nn.text.PositiveMap} gives it; the last column is "no object" and 0
 * @param isFinal [N]: whether the object is what is asked for, and not one on the way there; null where nothing says so
 */
@SuppressWarnings("ArrayRecordComponent") // goes on as arrays; compared by none
public record Target(float[][] boxes, float[][] positiveMap, boolean @Nullable [] isFinal) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException naming the object and the number that is out of range
     */
    public Target {
        if (positiveMap.length != boxes.length || (isFinal != null && isFinal.length != boxes.length)) {
            throw new IllegalArgumentException("target: " + boxes.length + " boxes, but " + positiveMap.length
                    + " rows of the positive map"
                    + (isFinal == null ? "" : " and " + isFinal.length + " isFinal values"));
        }
        Boxes.checkCxcywh("target: box", boxes, true);
        for (int i = 0; i < positiveMap.length; i++) {
            checkRow(positiveMap, i);
        }
        boxes = copy(boxes);
        positiveMap = copy(positiveMap);
        isFinal = isFinal == null ? null : isFinal.clone();
    }

    /** Objects of which nothing says whether they are final. */
    public Target(float[][] boxes, float[][] positiveMap) {
        this(boxes, positiveMap, null);
    }

    private static void checkRow(float[][] map, int i) {
        if (map[i].length != map[0].length) {
            throw new IllegalArgumentException(
                    "target: positive map: row " + i + " has " + map[i].length + " values, row 0 has " + map[0].length);
        }
        for (int c = 0; c < map[i].length; c++) {
            if (!(map[i][c] >= 0) || Float.isInfinite(map[i][c])) {
                throw new IllegalArgumentException(
                        "target: positive map [" + i + "][" + c + "]: expected 0 or more, got " + map[i][c]);
            }
        }
    }

    private static float[][] copy(float[][] rows) {
        float[][] out = rows.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] = rows[i].clone();
        }
        return out;
    }

    /** N, the number of objects. */
    public int count() {
        return boxes.length;
    }
}
