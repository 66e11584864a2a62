package io.github.mdetr.nn.matching;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Assigns predictions to objects at the least cost (DETR, Carion et al. 2020, eq. 1; MDETR §2.2.1): one query for each
 * object, by −Σ softmax(logits)·map, the L1 distance of the boxes as cxcywh, and −GIoU, each weighed. A logit of −∞ masks its
 * token, which then has the probability 0.
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
public record HungarianMatcher(double classWeight, double boxWeight, double giouWeight) implements Matcher {

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
     * @return a match for each image: all objects, or where there are fewer queries all queries
     * @throws IllegalArgumentException for shapes that disagree and values that are no numbers, naming image and query
     */
    @Override
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
        int c = logits.dim(2);
        List<Match> matches = new ArrayList<>(b);
        for (int i = 0; i < b; i++) {
            try {
                float[][] predicted = rows(allBoxes, i * q, q);
                double[] cost = cost(allLogits, i * q * c, c, predicted, targets.get(i));
                matches.add(match(cost, q, targets.get(i)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("image " + i + " of the batch: " + e.getMessage(), e);
            }
        }
        return matches;
    }

    private static float[][] rows(float[] all, int from, int count) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = Arrays.copyOfRange(all, 4 * (from + i), 4 * (from + i + 1));
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
        return match(cost(logits, boxes, target), logits.length, target);
    }

    private static Match match(double[] cost, int queries, Target target) {
        Assignment a = LinearAssignment.solve(cost, queries, target.count());
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
        int classes = logits.length == 0 ? 0 : logits[0].length;
        float[] all = new float[logits.length * classes];
        for (int q = 0; q < logits.length; q++) {
            if (logits[q].length != classes) {
                throw new IllegalArgumentException("matcher: logits[" + q + "]: expected " + classes
                        + " values as in row 0, got " + logits[q].length);
            }
            System.arraycopy(logits[q], 0, all, q * classes, classes);
        }
        return cost(all, 0, classes, boxes, target);
    }

    private double[] cost(float[] logits, int from, int classes, float[][] boxes, Target target) {
        int n = target.count();
        float[][] map = target.positiveMap();
        if (boxes.length > 0 && n > 0 && map[0].length != classes) {
            throw new IllegalArgumentException(
                    "matcher: logits have " + classes + " classes, the target's positive map has " + map[0].length);
        }
        Boxes.checkCxcywh("matcher: predicted box", boxes, false);
        float[][] wanted = target.boxes();
        float[][] wantedCorners = Boxes.cxcywhToXyxy(wanted);
        float[][] corners = Boxes.cxcywhToXyxy(boxes);
        int[][] meant = meant(map); // few of many positions
        double[] p = new double[classes];
        double[] cost = new double[boxes.length * n];
        for (int q = 0; q < boxes.length; q++) {
            softmax(logits, from + q * classes, q, p);
            for (int i = 0; i < n; i++) {
                double probability = 0;
                for (int c : meant[i]) {
                    probability += p[c] * map[i][c];
                }
                cost[q * n + i] = -classWeight * probability
                        + boxWeight * l1(boxes[q], wanted[i])
                        - giouWeight * Boxes.giou(corners[q], wantedCorners[i]);
            }
        }
        return cost;
    }

    private static double l1(float[] a, float[] b) {
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            sum += Math.abs((double) a[k] - b[k]);
        }
        return sum;
    }

    private static int[][] meant(float[][] map) {
        int[][] positions = new int[map.length][];
        for (int i = 0; i < map.length; i++) {
            int[] found = new int[map[i].length];
            int count = 0;
            for (int c = 0; c < map[i].length; c++) {
                if (map[i][c] > 0) {
                    found[count++] = c;
                }
            }
            positions[i] = Arrays.copyOf(found, count);
        }
        return positions;
    }

    private static void softmax(float[] logits, int from, int q, double[] p) {
        double peak = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < p.length; c++) {
            float x = logits[from + c];
            if (!Float.isFinite(x) && x != Float.NEGATIVE_INFINITY) { // which masks a token
                throw new IllegalArgumentException(
                        "matcher: logits[" + q + "][" + c + "]: expected a finite number, got " + x
                                + "; the model's weights or its input are no numbers either, or training diverged");
            }
            peak = Math.max(peak, x);
        }
        if (p.length > 0 && peak == Double.NEGATIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "matcher: logits[" + q + "]: all tokens are masked (-Infinity); leave \"no object\" at least");
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(logits[from + c] - peak);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
    }
}
