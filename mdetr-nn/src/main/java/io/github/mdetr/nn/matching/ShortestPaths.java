package io.github.mdetr.nn.matching;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One problem of assigning each of {@code rows} to one of as many or more {@code columns}.
 *
 * <p>Each column has a price; a row's reduced cost of a column is cost less price. At every moment each assigned row has the
 * column of its least reduced cost, and columns without a row have the price 0 and others at most that (any price where all
 * columns will have a row), which is what makes the final assignment one of least cost. Most rows find their column by
 * bidding, which lowers the prices; the rest by a shortest path through assigned pairs, which change places along it.
 */
final class ShortestPaths {
    private static final int NONE = -1;

    /** Bids for each row, beyond which paths are the quicker way. */
    private static final int BIDS = 4;

    private static final int NAMED = 8;

    private final double[] cost;
    private final int rows;
    private final int columns;
    private final boolean transposed;

    private final double[] price;
    private final int[] rowOf;
    private final int[] columnOf;

    // Of the path that is looked for: the columns in the order in which they are reached, of each how far it is, and
    // the row
    // before it.
    private final int[] order;
    private final double[] distance;
    private final int[] from;

    /**
     * A problem.
     *
     * @param cost [rows, columns], numbers and +∞
     * @param rows at most columns
     * @param transposed whether errors call the rows columns and the other way round
     */
    ShortestPaths(double[] cost, int rows, int columns, boolean transposed) {
        this.cost = cost;
        this.rows = rows;
        this.columns = columns;
        this.transposed = transposed;
        this.price = new double[columns];
        this.rowOf = new int[columns];
        this.columnOf = new int[rows];
        this.order = new int[columns];
        this.distance = new double[columns];
        this.from = new int[columns];
        Arrays.fill(rowOf, NONE);
        Arrays.fill(columnOf, NONE);
        Arrays.setAll(order, j -> j);
    }

    /**
     * The column of each row.
     *
     * @throws IllegalArgumentException when there is no assignment of finite cost, naming rows that share too few columns
     */
    int[] solve() {
        if (rows == columns) {
            startPrices();
        }
        bid();
        for (int i = 0; i < rows; i++) {
            if (columnOf[i] == NONE) {
                augment(i);
            }
        }
        return columnOf;
    }

    /** Where every column will have a row, each may begin at its least cost. */
    private void startPrices() {
        System.arraycopy(cost, 0, price, 0, columns);
        for (int i = 1, k = columns; i < rows; i++) {
            for (int j = 0; j < columns; j++, k++) {
                price[j] = Math.min(price[j], cost[k]);
            }
        }
        for (int j = 0; j < columns; j++) {
            if (price[j] == Double.POSITIVE_INFINITY) {
                price[j] = 0; // no row may take it; whoever is left over will tell
            }
        }
    }

    /** Rows take their best column from each other, and pay what the second best leaves them indifferent to. */
    private void bid() {
        long left = (long) BIDS * rows;
        for (int first = 0; first < rows; first++) {
            int i = first;
            while (i != NONE && left-- > 0) {
                i = bid(i);
            }
        }
    }

    /** One bid; the row that lost its column and shall bid next, or none. */
    private int bid(int i) {
        double best = Double.POSITIVE_INFINITY;
        double second = Double.POSITIVE_INFINITY;
        int bestColumn = NONE;
        int secondColumn = NONE;
        int k = i * columns;
        for (int j = 0; j < columns; j++) {
            double reduced = cost[k + j] - price[j];
            if (reduced < second) {
                if (reduced < best) {
                    second = best;
                    secondColumn = bestColumn;
                    best = reduced;
                    bestColumn = j;
                } else {
                    second = reduced;
                    secondColumn = j;
                }
            }
        }
        if (bestColumn == NONE) {
            return NONE;
        }
        int column = bestColumn;
        int loser = rowOf[column];
        if (second == best && loser != NONE && rowOf[secondColumn] == NONE) {
            column = secondColumn;
            loser = NONE;
        }
        if (loser != NONE && !(best < second && second < Double.POSITIVE_INFINITY)) {
            return NONE; // nothing to gain by taking it away
        }
        if (best < second && second < Double.POSITIVE_INFINITY) {
            price[column] -= second - best;
        }
        rowOf[column] = i;
        columnOf[i] = column;
        if (loser != NONE) {
            columnOf[loser] = NONE;
        }
        return loser;
    }

    /** Assigns a row by the shortest path from it to a column without a row (Dijkstra on reduced costs). */
    private void augment(int free) {
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int reached = 0;
        int i = free;
        double offset = 0; // what leads to row i, less the reduced cost of its own column
        double nearest;
        int end;
        while (true) {
            int at = relax(i, offset, reached);
            int column = order[at];
            nearest = distance[column];
            if (nearest == Double.POSITIVE_INFINITY) {
                throw infeasible(free, reached);
            }
            order[at] = order[reached];
            order[reached++] = column;
            i = rowOf[column];
            if (i == NONE) {
                end = column;
                break;
            }
            offset = nearest - (cost[i * columns + column] - price[column]);
        }
        for (int k = 0; k < reached; k++) {
            int j = order[k];
            price[j] += distance[j] - nearest;
        }
        int row;
        do {
            row = from[end];
            rowOf[end] = row;
            int next = columnOf[row];
            columnOf[row] = end;
            end = next;
        } while (row != free);
    }

    /** Shortens ways to the columns not reached yet by going over row i; where in the order the nearest of them stands. */
    private int relax(int i, double offset, int reached) {
        int base = i * columns;
        double nearest = Double.POSITIVE_INFINITY;
        int at = reached;
        for (int k = reached; k < columns; k++) {
            int j = order[k];
            double way = offset + (cost[base + j] - price[j]);
            double d = distance[j];
            if (way < d) {
                d = way;
                distance[j] = way;
                from[j] = i;
            }
            if (d < nearest || (d == nearest && rowOf[j] == NONE)) {
                nearest = d;
                at = k;
            }
        }
        return at;
    }

    /** The free row and those of the columns reached may take these columns alone, one fewer than they are. */
    private IllegalArgumentException infeasible(int free, int reached) {
        String row = transposed ? "column" : "row";
        String column = transposed ? "row" : "column";
        int[] shared = Arrays.stream(order, 0, reached).sorted().toArray();
        String size = transposed ? columns + " x " + rows : rows + " x " + columns;
        String message = "linear assignment of " + size + ": " + row + " " + free + " cannot be served: ";
        if (reached == 0) {
            return new IllegalArgumentException(message + "every " + column + " is forbidden (+Infinity) to it");
        }
        int[] sharing = IntStream.concat(
                        IntStream.of(free), Arrays.stream(shared).map(j -> rowOf[j]))
                .sorted()
                .toArray();
        return new IllegalArgumentException(message + row + "s " + list(sharing) + " may take " + column
                + (reached == 1 ? " " : "s ") + list(shared) + " alone, the others are forbidden (+Infinity)");
    }

    private static String list(int[] indices) {
        String named =
                Arrays.stream(indices).limit(NAMED).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return indices.length <= NAMED ? named : named + ", … (" + indices.length + ")";
    }
}
