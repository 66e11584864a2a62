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

    private static final float ROUNDING = 1e-3f;

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
        for (int i = 0; i < boxes.length; i++) {
            checkNormalized(boxes[i], i);
        }
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

    private static void checkNormalized(float[] box, int i) {
        for (float v : box) {
            if (v < -ROUNDING || v > 1 + ROUNDING) {
                throw new IllegalArgumentException(
                        "target: box[" + i + "]: expected cxcywh in [0, 1] of the image, got ("
                                + box[0] + ", " + box[1] + ", " + box[2] + ", " + box[3]
                                + "); are these pixels? Divide by the image's width and height");
            }
        }
    }

    private static void checkRow(float[][] map, int i) {
        if (map[i].length != map[0].length) {
            throw new IllegalArgumentException(
                    "target: positive map: row " + i + " has " + map[i].length + " values, row 0 has " + map[0].length);
        }
        if (map[i].length == 0) {
            throw new IllegalArgumentException("target: positive map: row " + i
                    + " is empty, expected a value for each token position and, last, for \"no object\"");
        }
        for (int c = 0; c < map[i].length; c++) {
            if (!(map[i][c] >= 0) || Float.isInfinite(map[i][c])) {
                throw new IllegalArgumentException(
                        "target: positive map [" + i + "][" + c + "]: expected 0 or more, got " + map[i][c]);
            }
        }
        int last = map[i].length - 1;
        if (map[i][last] != 0) {
            throw new IllegalArgumentException("target: positive map [" + i + "][" + last
                    + "]: expected 0, the last column is \"no object\", got " + map[i][last]);
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
