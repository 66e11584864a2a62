package io.github.mdetr.nn.matching;

import java.util.Arrays;

/**
 * Pairs of a row and a column, each row and each column in one pair at most.
 *
 * @param rows the pairs' rows [K], ascending; K is the smaller of the matrix' sides
 * @param columns their columns [K]
 * @param cost the sum of the pairs' costs
 */
@SuppressWarnings("ArrayRecordComponent") // indices go on as arrays; equals and hashCode are given below
public record Assignment(int[] rows, int[] columns, double cost) {
    /** The number of pairs. */
    public int size() {
        return rows.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Assignment a
                && Arrays.equals(rows, a.rows)
                && Arrays.equals(columns, a.columns)
                && Double.compare(cost, a.cost) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(rows) + Arrays.hashCode(columns)) + Double.hashCode(cost);
    }

    @Override
    public String toString() {
        return "Assignment[rows=" + Arrays.toString(rows) + ", columns=" + Arrays.toString(columns) + ", cost=" + cost
                + "]";
    }
}
