package io.github.mdetr.nn.box;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import java.util.List;

/**
 * Boxes as rows of four numbers, in one of two conventions: {@code cxcywh}, centre and size, and {@code xyxy}, two
 * corners. IoU and its generalization (Rezatofighi et al. 2019) take {@code xyxy} in any unit.
 *
 * <p>Each function is there for plain arrays, which need no native library, and for tensors, with gradients; ND4J arrays
 * come in by {@link Tensor#of(org.nd4j.linalg.api.ndarray.INDArray)} and leave by {@link Tensor#toINDArray}.
 *
 * <pre>{@code
 * float[][] a = {{0, 0, 2, 2}};
 * float[][] b = {{1, 1, 3, 3}, {4, 0, 6, 2}};
 * Boxes.iou(a, b);  // {{1/7, 0}}
 * Boxes.giou(a, b); // {{1/7 − 2/9, 0 − 4/12}}
 * }</pre>
 */
public final class Boxes {
    private static final int X0 = 0;
    private static final int Y0 = 1;
    private static final int X1 = 2;
    private static final int Y1 = 3;

    private Boxes() {}

    // ---- plain arrays ----

    /** Corners of boxes given by centre and size, [N][4] to [N][4]. */
    public static float[][] cxcywhToXyxy(float[][] boxes) {
        float[][] out = new float[boxes.length][];
        for (int i = 0; i < boxes.length; i++) {
            float[] b = row("cxcywhToXyxy", boxes, i);
            out[i] = new float[] {b[0] - b[2] / 2, b[1] - b[3] / 2, b[0] + b[2] / 2, b[1] + b[3] / 2};
        }
        return out;
    }

    /** Centre and size of boxes given by corners, [N][4] to [N][4]. */
    public static float[][] xyxyToCxcywh(float[][] boxes) {
        float[][] out = new float[boxes.length][];
        for (int i = 0; i < boxes.length; i++) {
            float[] b = row("xyxyToCxcywh", boxes, i);
            out[i] = new float[] {(b[X0] + b[X1]) / 2, (b[Y0] + b[Y1]) / 2, b[X1] - b[X0], b[Y1] - b[Y0]};
        }
        return out;
    }

    /**
     * Intersection over union of every pair, {@code a} [N][4] and {@code b} [M][4] as xyxy to [N][M]; 0 where both are
     * without area.
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static float[][] iou(float[][] a, float[][] b) {
        return pairs("iou", a, b, false);
    }

    /**
     * Generalized IoU of every pair, in (−1, 1]: IoU less the share of the smallest enclosing box that is in neither.
     *
     * @throws IllegalArgumentException naming the row that is no box
     */
    public static float[][] giou(float[][] a, float[][] b) {
        return pairs("giou", a, b, true);
    }

    private static float[][] pairs(String op, float[][] a, float[][] b, boolean generalized) {
        checkXyxy(op + ": a", a);
        checkXyxy(op + ": b", b);
        float[][] out = new float[a.length][b.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                out[i][j] = (float) (generalized ? giou(a[i], b[j]) : iou(a[i], b[j]));
            }
        }
        return out;
    }

    private static double iou(float[] a, float[] b) {
        double inter = overlap(a, b);
        double union = area(a) + area(b) - inter;
        return union > 0 ? inter / union : 0;
    }

    /** Generalized IoU of two boxes, xyxy, that have been checked. */
    public static double giou(float[] a, float[] b) {
        double inter = overlap(a, b);
        double union = area(a) + area(b) - inter;
        double hull = (double) (Math.max(a[X1], b[X1]) - Math.min(a[X0], b[X0]))
                * (Math.max(a[Y1], b[Y1]) - Math.min(a[Y0], b[Y0]));
        return (union > 0 ? inter / union : 0) - (hull > 0 ? (hull - union) / hull : 0);
    }

    private static double area(float[] b) {
        return (double) (b[X1] - b[X0]) * (b[Y1] - b[Y0]);
    }

    private static double overlap(float[] a, float[] b) {
        double w = (double) Math.min(a[X1], b[X1]) - Math.max(a[X0], b[X0]);
        double h = (double) Math.min(a[Y1], b[Y1]) - Math.max(a[Y0], b[Y0]);
        return w > 0 && h > 0 ? w * h : 0;
    }

    /**
     * Checks that every row has four finite numbers, the second corner not before the first.
     *
     * @throws IllegalArgumentException naming the row
     */
    public static void checkXyxy(String what, float[][] boxes) {
        for (int i = 0; i < boxes.length; i++) {
            float[] b = row(what, boxes, i);
            if (b[X1] < b[X0] || b[Y1] < b[Y0]) {
                throw new IllegalArgumentException(what + "[" + i + "]: expected x0 ≤ x1 and y0 ≤ y1, got " + text(b)
                        + "; these may be cxcywh, turn them with cxcywhToXyxy");
            }
        }
    }

    /**
     * Checks that every row has four finite numbers, width and height at least 0, or above it.
     *
     * @throws IllegalArgumentException naming the row
     */
    public static void checkCxcywh(String what, float[][] boxes, boolean withArea) {
        for (int i = 0; i < boxes.length; i++) {
            float[] b = row(what, boxes, i);
            if (withArea ? b[2] <= 0 || b[3] <= 0 : b[2] < 0 || b[3] < 0) {
                throw new IllegalArgumentException(what + "[" + i + "]: expected width and height "
                        + (withArea ? "above 0" : "of 0 or more") + ", got " + text(b) + " as cxcywh");
            }
        }
    }

    private static float[] row(String what, float[][] boxes, int i) {
        float[] b = boxes[i];
        if (b.length != 4) {
            throw new IllegalArgumentException(what + "[" + i + "]: expected 4 numbers, got " + b.length);
        }
        for (float v : b) {
            if (!Float.isFinite(v)) {
                throw new IllegalArgumentException(what + "[" + i + "]: expected finite numbers, got " + text(b));
            }
        }
        return b;
    }

    private static String text(float[] b) {
        return "(" + b[0] + ", " + b[1] + ", " + b[2] + ", " + b[3] + ")";
    }

    // ---- tensors ----

    /** Corners of boxes given by centre and size, [..., 4] to the same shape. */
    public static Tensor cxcywhToXyxy(Tensor boxes) {
        checkRows("cxcywhToXyxy", boxes);
        try (Scope scope = Scope.open()) {
            Tensor centre = Shapes.slice(boxes, -1, 0, 2);
            Tensor half = Elementwise.scale(Shapes.slice(boxes, -1, 2, 4), 0.5f);
            return scope.keep(Shapes.concat(List.of(Elementwise.sub(centre, half), Elementwise.add(centre, half)), -1));
        }
    }

    /** Centre and size of boxes given by corners, [..., 4] to the same shape. */
    public static Tensor xyxyToCxcywh(Tensor boxes) {
        checkRows("xyxyToCxcywh", boxes);
        try (Scope scope = Scope.open()) {
            Tensor low = Shapes.slice(boxes, -1, 0, 2);
            Tensor high = Shapes.slice(boxes, -1, 2, 4);
            return scope.keep(Shapes.concat(
                    List.of(Elementwise.scale(Elementwise.add(low, high), 0.5f), Elementwise.sub(high, low)), -1));
        }
    }

    /**
     * Intersection over union of every pair: a [N, 4], b [M, 4] as xyxy to [N, M]; 0, without gradient, where both are
     * without area. Values are not checked.
     */
    public static Tensor iou(Tensor a, Tensor b) {
        checkMatrix("iou", a);
        checkMatrix("iou", b);
        return overlaps(a, rowOf(b), false);
    }

    /** Generalized IoU of every pair: a [N, 4], b [M, 4] as xyxy to [N, M]. */
    public static Tensor giou(Tensor a, Tensor b) {
        checkMatrix("giou", a);
        checkMatrix("giou", b);
        return overlaps(a, rowOf(b), true);
    }

    /** Generalized IoU of row i of {@code a} with row i of {@code b}: [N, 4] each as xyxy to [N]. */
    public static Tensor giouOfRows(Tensor a, Tensor b) {
        checkMatrix("giouOfRows", a);
        checkMatrix("giouOfRows", b);
        if (a.dim(0) != b.dim(0)) {
            throw new IllegalArgumentException(
                    "giouOfRows: expected as many boxes on either side, got " + a.shape() + " and " + b.shape());
        }
        try (Scope scope = Scope.open()) {
            Tensor pairs = overlaps(a, columns(b), true);
            return scope.keep(Shapes.reshape(pairs, a.dim(0)));
        }
    }

    /** x0, y0, x1, y1 [N, 1] each. */
    private static Tensor[] columns(Tensor b) {
        return new Tensor[] {column(b, X0), column(b, Y0), column(b, X1), column(b, Y1)};
    }

    private static Tensor column(Tensor b, int i) {
        return Shapes.slice(b, -1, i, i + 1);
    }

    /** x0, y0, x1, y1 [1, M] each. */
    private static Tensor[] rowOf(Tensor b) {
        Tensor[] c = columns(b);
        for (int i = 0; i < c.length; i++) {
            Tensor column = c[i];
            c[i] = Shapes.reshape(column, 1, b.dim(0));
            column.close();
        }
        return c;
    }

    /** Of a [N, 4] with corners [N, 1] to [N, 1] or [1, M] to [N, M]. */
    private static Tensor overlaps(Tensor boxes, Tensor[] b, boolean generalized) {
        try (Scope scope = Scope.open()) {
            Tensor[] a = columns(boxes);
            Tensor w = side(Elementwise.minimum(a[X1], b[X1]), Elementwise.maximum(a[X0], b[X0]));
            Tensor h = side(Elementwise.minimum(a[Y1], b[Y1]), Elementwise.maximum(a[Y0], b[Y0]));
            Tensor inter = Elementwise.mul(w, h);
            Tensor union = Elementwise.sub(Elementwise.add(area(a), area(b)), inter);
            Tensor iou = ratio(inter, union);
            if (!generalized) {
                return scope.keep(iou);
            }
            Tensor hull = Elementwise.mul(
                    side(Elementwise.maximum(a[X1], b[X1]), Elementwise.minimum(a[X0], b[X0])),
                    side(Elementwise.maximum(a[Y1], b[Y1]), Elementwise.minimum(a[Y0], b[Y0])));
            Tensor neither = ratio(Elementwise.sub(hull, union), hull);
            return scope.keep(Elementwise.sub(iou, neither));
        } finally {
            for (Tensor t : b) {
                t.close();
            }
        }
    }

    private static Tensor area(Tensor[] b) {
        return Elementwise.mul(Elementwise.sub(b[X1], b[X0]), Elementwise.sub(b[Y1], b[Y0]));
    }

    private static Tensor side(Tensor high, Tensor low) {
        return Elementwise.relu(Elementwise.sub(high, low));
    }

    /** a / b; 0 where b is no area, and no gradient passes there: it would be 0·∞. */
    private static Tensor ratio(Tensor a, Tensor b) {
        float[] area = b.toFloats();
        boolean[] none = new boolean[area.length];
        boolean any = false;
        for (int i = 0; i < area.length; i++) {
            none[i] = area[i] < Float.MIN_NORMAL;
            any |= none[i];
        }
        if (!any) {
            return Elementwise.div(a, b);
        }
        Tensor mask = Context.with(b.device(), () -> Tensor.of(none, b.shape()));
        return Elementwise.maskedFill(Elementwise.div(a, Elementwise.maskedFill(b, mask, 1)), mask, 0);
    }

    private static void checkRows(String op, Tensor boxes) {
        if (boxes.shape().rank() == 0 || boxes.dim(-1) != 4) {
            throw new IllegalArgumentException(op + ": expected boxes [..., 4], got " + boxes);
        }
    }

    private static void checkMatrix(String op, Tensor boxes) {
        if (boxes.shape().rank() != 2 || boxes.dim(1) != 4) {
            throw new IllegalArgumentException(op + ": expected boxes [N, 4], got " + boxes);
        }
    }
}
