package io.github.mdetr.nn.matching;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Exact minimum-cost assignment of rows to columns, the linear sum assignment problem.
 *
 * <p>Every row gets a column of its own, or where there are more rows than columns every column a row, so that the sum of the
 * pairs' costs is the least. Costs are any numbers; +∞ forbids a pair. The sum is exact for integers (below 2⁵³) and the
 * least to rounding otherwise. Of several assignments of that sum one is taken, the same at every call.
 *
 * <pre>{@code
 * double[][] cost = {
 *     {4, 1, 3},
 *     {2, 0, 5},
 * };
 * Assignment a = LinearAssignment.solve(cost);
 * a.rows();    // {0, 1}
 * a.columns(); // {1, 0}: row 0 takes column 1, row 1 column 0, and column 2 stays free
 * a.cost();    // 3.0
 *
 * cost[0][1] = Double.POSITIVE_INFINITY; // row 0 may not take column 1
 * a = LinearAssignment.solve(cost);
 * a.columns(); // {2, 1}
 * a.cost();    // 3.0
 * }</pre>
 *
 * <p>Shortest augmenting paths: Jonker and Volgenant, <i>A Shortest Augmenting Path Algorithm for Dense and Sparse Linear
 * Assignment Problems</i>, Computing 38 (1987); for rectangular matrices as in Crouse, <i>On implementing 2D rectangular
 * assignment algorithms</i>, IEEE Transactions on Aerospace and Electronic Systems 52 (2016). The time is O(n²·m) at worst, n
 * the smaller side.
 */
public final class LinearAssignment {
    /** Costs beyond are halved often enough that sums of them stay finite. */
    private static final double LARGE = 0x1p960;

    private static final int SCALE = -64;

    private LinearAssignment() {}

    /**
     * Assigns the rows of a matrix.
     *
     * @param cost [rows][columns]; no rows, and rows without columns, have an assignment of no pairs
     * @throws IllegalArgumentException when the rows differ in length, a cost is NaN or −∞, or the forbidden pairs leave no
     *     assignment
     */
    public static Assignment solve(double[][] cost) {
        int rows = cost.length;
        int columns = rows == 0 ? 0 : cost[0].length;
        double[] flat = new double[length(rows, columns)];
        for (int i = 0; i < rows; i++) {
            if (cost[i].length != columns) {
                throw new IllegalArgumentException("linear assignment: row " + i + " has " + cost[i].length
                        + " costs, expected " + columns + " as in row 0");
            }
            System.arraycopy(cost[i], 0, flat, i * columns, columns);
        }
        return solve(flat, rows, columns);
    }

    /**
     * Assigns the rows of a matrix.
     *
     * @param cost [rows, columns], row-major; it is not written to
     * @throws IllegalArgumentException when the length is not rows · columns, a cost is NaN or −∞, or the forbidden pairs leave
     *     no assignment
     */
    public static Assignment solve(double[] cost, int rows, int columns) {
        checkLength(cost.length, rows, columns);
        boolean large = isLarge(cost, columns);
        boolean transposed = rows > columns;
        double[] c = transposed ? transposed(cost, rows, columns) : cost;
        if (large) {
            c = Arrays.stream(c).map(x -> Math.scalb(x, SCALE)).toArray();
        }
        int[] partner = new ShortestPaths(c, Math.min(rows, columns), Math.max(rows, columns), transposed).solve();
        return assignment(cost, columns, transposed ? inverted(partner, rows) : partner, partner.length);
    }

    /**
     * Assigns the rows of a matrix.
     *
     * @param cost [rows, columns], row-major
     * @throws IllegalArgumentException as {@link #solve(double[], int, int)}
     */
    public static Assignment solve(float[] cost, int rows, int columns) {
        checkLength(cost.length, rows, columns);
        double[] wide = new double[cost.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = cost[i];
        }
        return solve(wide, rows, columns);
    }

    /**
     * Assigns the rows of a matrix.
     *
     * @param cost [rows, columns], of any layout and number type
     * @throws IllegalArgumentException when it is no matrix, and as {@link #solve(double[], int, int)}
     */
    public static Assignment solve(INDArray cost) {
        if (cost.rank() != 2) {
            throw new IllegalArgumentException("linear assignment: expected a cost of shape [rows, columns], got "
                    + Arrays.toString(cost.shape()));
        }
        if (cost.isEmpty()) {
            return solve(new double[0], Math.toIntExact(cost.size(0)), Math.toIntExact(cost.size(1)));
        }
        return solve(cost.toDoubleMatrix());
    }

    /**
     * Assigns the rows of a matrix.
     *
     * @param cost [rows, columns], float32
     * @throws IllegalArgumentException when it is no matrix of float32, and as {@link #solve(double[], int, int)}
     */
    public static Assignment solve(Tensor cost) {
        if (cost.shape().rank() != 2 || cost.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException(
                    "linear assignment: expected a cost of shape [rows, columns] in FLOAT32, got " + cost);
        }
        return solve(cost.toFloats(), cost.dim(0), cost.dim(1));
    }

    private static int length(int rows, int columns) {
        if ((long) rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "linear assignment: " + rows + " x " + columns + " costs exceed one array");
        }
        return rows * columns;
    }

    private static void checkLength(int length, int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException(
                    "linear assignment: expected 0 or more rows and columns, got " + rows + " x " + columns);
        }
        if (length != (long) rows * columns) {
            throw new IllegalArgumentException("linear assignment: expected " + (long) rows * columns + " costs for "
                    + rows + " x " + columns + ", got " + length);
        }
    }

    /** Whether sums of the finite costs may overflow; refuses what is no cost. */
    private static boolean isLarge(double[] cost, int columns) {
        boolean large = false;
        for (int k = 0; k < cost.length; k++) {
            if (!(Math.abs(cost[k]) <= LARGE)) { // NaN too
                if (!(cost[k] > Double.NEGATIVE_INFINITY)) {
                    throw new IllegalArgumentException("linear assignment: cost at row " + k / columns + ", column "
                            + k % columns + ": expected a number or +Infinity (a forbidden pair), got " + cost[k]);
                }
                large |= cost[k] != Double.POSITIVE_INFINITY;
            }
        }
        return large;
    }

    private static double[] transposed(double[] cost, int rows, int columns) {
        double[] turned = new double[cost.length];
        for (int i = 0, k = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                turned[j * rows + i] = cost[k++];
            }
        }
        return turned;
    }

    /** Of each row's column each column's row, −1 where there is none. */
    private static int[] inverted(int[] partner, int size) {
        int[] inverse = new int[size];
        Arrays.fill(inverse, -1);
        for (int i = 0; i < partner.length; i++) {
            inverse[partner[i]] = i;
        }
        return inverse;
    }

    private static Assignment assignment(double[] cost, int columns, int[] columnOf, int pairs) {
        int[] rows = new int[pairs];
        int[] chosen = new int[pairs];
        double sum = 0;
        int k = 0;
        for (int i = 0; i < columnOf.length; i++) {
            if (columnOf[i] >= 0) {
                rows[k] = i;
                chosen[k++] = columnOf[i];
                sum += cost[i * columns + columnOf[i]];
            }
        }
        return new Assignment(rows, chosen, sum);
    }
}
