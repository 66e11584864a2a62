package io.github.mdetr.nn.matching;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;
import java.util.ArrayList;
import java.util.List;

/**
 * Assigns predictions to objects at the least cost (DETR, Carion et al. 2020, eq. 1; MDETR §2.2.1): one query for each
 * object, by −Σ softmax(logits)·map, the L1 distance of the boxes as cxcywh, and −GIoU, each weighed.
 *
 * <pre>{@code
 * float[][] logits = {{0, 9, 0}, {9, 0, 0}};                     // two queries: tokens 0 and 1, "no object"
 * float[][] boxes = {{.2f, .2f, .1f, .1f}, {.7f, .7f, .2f, .2f}};
 * Target target = new Target(new float[][] {{.7f, .7f, .2f, .2f}}, new float[][] {{1, 0, 0}}, null);
 * Match match = HungarianMatcher.published().match(logits, boxes, target);
 * // match.queries() is {1}, match.objects() is {0}
 * }</pre>
 *
 * @param classWeight of −Σ softmax(logits)·map
 * @param boxWeight of the L1 distance
 * @param giouWeight of −GIoU
 */
public record HungarianMatcher(double classWeight, double boxWeight, double giouWeight) {

    /**
     * Checks the weights.
     *
     * @throws IllegalArgumentException when one is negative or no number, or all are 0
     */
    public HungarianMatcher {
        for (double w : new double[] {classWeight, boxWeight, giouWeight}) {
            if (!(w >= 0) || Double.isInfinite(w)) {
                throw new IllegalArgumentException("matcher: expected weights of 0 or more, got " + classWeight + ", "
                        + boxWeight + " and " + giouWeight);
            }
        }
        if (classWeight + boxWeight + giouWeight == 0) {
            throw new IllegalArgumentException("matcher: expected a weight above 0, all are 0");
        }
    }

    /** The published weights: 1, 5 and 2. */
    public static HungarianMatcher published() {
        return new HungarianMatcher(1, 5, 2);
    }

    /**
     * Matches a batch.
     *
     * @param logits [B, Q, C]
     * @param boxes [B, Q, 4] as cxcywh
     * @param targets the objects of each image
     * @return a match for each image
     * @throws IllegalArgumentException for shapes that disagree and values that are no numbers, naming image and query
     */
    public List<Match> match(Tensor logits, Tensor boxes, List<Target> targets) {
        int b = targets.size();
        if (logits.shape().rank() != 3
                || boxes.shape().rank() != 3
                || logits.dim(0) != b
                || boxes.dim(0) != b
                || boxes.dim(1) != logits.dim(1)
                || boxes.dim(2) != 4) {
            throw new IllegalArgumentException("matcher: expected logits [B, Q, C] and boxes [B, Q, 4] of B = " + b
                    + " images, as there are targets, got " + logits.shape() + " and " + boxes.shape());
        }
        float[] allLogits = logits.toFloats();
        float[] allBoxes = boxes.toFloats();
        int q = logits.dim(1);
        List<Match> matches = new ArrayList<>(b);
        for (int i = 0; i < b; i++) {
            try {
                matches.add(
                        match(rows(allLogits, i * q, q, logits.dim(2)), rows(allBoxes, i * q, q, 4), targets.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("image " + i + " of the batch: " + e.getMessage(), e);
            }
        }
        return matches;
    }

    private static float[][] rows(float[] all, int from, int count, int width) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = java.util.Arrays.copyOfRange(all, (from + i) * width, (from + i + 1) * width);
        }
        return rows;
    }

    /**
     * Matches one image.
     *
     * @param logits [Q][C]
     * @param boxes [Q][4] as cxcywh
     * @throws IllegalArgumentException for shapes that disagree and values that are no numbers, naming the query
     */
    public Match match(float[][] logits, float[][] boxes, Target target) {
        double[] cost = cost(logits, boxes, target);
        Assignment a = LinearAssignment.solve(cost, logits.length, target.count());
        return new Match(a.rows(), a.columns(), a.cost());
    }

    /**
     * What each pair costs, row-major [Q, N].
     *
     * @throws IllegalArgumentException for shapes that disagree and values that are no numbers, naming the query
     */
    public double[] cost(float[][] logits, float[][] boxes, Target target) {
        if (boxes.length != logits.length) {
            throw new IllegalArgumentException(
                    "matcher: " + logits.length + " rows of logits, but " + boxes.length + " boxes");
        }
        Boxes.checkCxcywh("matcher: predicted box", boxes, false);
        int n = target.count();
        float[][] wanted = target.boxes();
        float[][] wantedCorners = Boxes.cxcywhToXyxy(wanted);
        float[][] corners = Boxes.cxcywhToXyxy(boxes);
        double[] cost = new double[logits.length * n];
        for (int q = 0; q < logits.length; q++) {
            double[] p = softmax(logits, q, target);
            for (int i = 0; i < n; i++) {
                double l1 = 0;
                for (int k = 0; k < 4; k++) {
                    l1 += Math.abs((double) boxes[q][k] - wanted[i][k]);
                }
                cost[q * n + i] = -classWeight * dot(p, target.positiveMap()[i])
                        + boxWeight * l1
                        - giouWeight * Boxes.giou(corners[q], wantedCorners[i]);
            }
        }
        return cost;
    }

    private static double[] softmax(float[][] logits, int q, Target target) {
        float[] x = logits[q];
        if (target.count() > 0 && target.positiveMap()[0].length != x.length) {
            throw new IllegalArgumentException("matcher: logits[" + q + "] has " + x.length
                    + " classes, the positive map has " + target.positiveMap()[0].length);
        }
        double peak = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < x.length; c++) {
            if (Float.isNaN(x[c]) || x[c] == Float.POSITIVE_INFINITY) {
                throw new IllegalArgumentException("matcher: logits[" + q + "][" + c + "]: expected a number, got "
                        + x[c] + "; the model's weights or its input are no numbers either, or training diverged");
            }
            peak = Math.max(peak, x[c]);
        }
        double[] p = new double[x.length];
        double sum = 0;
        for (int c = 0; c < x.length; c++) {
            p[c] = Math.exp(x[c] - peak);
            sum += p[c];
        }
        for (int c = 0; c < x.length; c++) {
            p[c] /= sum;
        }
        return p;
    }

    private static double dot(double[] p, float[] map) {
        double sum = 0;
        for (int c = 0; c < map.length; c++) {
            sum += p[c] * map[c];
        }
        return sum;
    }
}
