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
    private static final int BIDS = 3;

    private static final int NAMED = 8;

    private final double[] cost;
    private final int rows;
    private final int columns;
    private final boolean transposed;

    // Columns change places, so that those that a path can still reach lie side by side; what is known of one lies at
    // its
    // place. A row's column is given by its place.
    private final int[] columnAt;
    private final double[] price;
    private final int[] rowOf;
    private final int[] placeOf;

    // Of the path that is looked for: how far each column is, and the row before it.
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
        this.columnAt = new int[columns];
        this.price = new double[columns];
        this.rowOf = new int[columns];
        this.placeOf = new int[rows];
        this.distance = new double[columns];
        this.from = new int[columns];
        for (int j = 0; j < columns; j++) {
            columnAt[j] = j;
        }
        Arrays.fill(rowOf, NONE);
        Arrays.fill(placeOf, NONE);
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
            if (placeOf[i] == NONE) {
                augment(i);
            }
        }
        int[] columnOf = new int[rows];
        for (int i = 0; i < rows; i++) {
            columnOf[i] = columnAt[placeOf[i]];
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

    /** One bid, while no column has changed its place; the row that lost its column and shall bid next, or none. */
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
        if (second == best && rowOf[column] != NONE) {
            column = freeColumn(k, secondColumn, best);
            if (column == NONE) {
                return NONE; // nothing to gain by taking one away
            }
        }
        int loser = rowOf[column];
        if (best < second && second < Double.POSITIVE_INFINITY) {
            price[column] -= second - best;
        } else if (loser != NONE) {
            return NONE; // its only column
        }
        rowOf[column] = i;
        placeOf[i] = column;
        if (loser != NONE) {
            placeOf[loser] = NONE;
        }
        return loser;
    }

    /** A column without a row from {@code from} on that costs the row so much, or none. */
    private int freeColumn(int base, int from, double reduced) {
        for (int j = from; j < columns; j++) {
            if (rowOf[j] == NONE && cost[base + j] - price[j] == reduced) {
                return j;
            }
        }
        return NONE;
    }

    /** Assigns a row by the shortest path from it to a column without a row (Dijkstra on reduced costs). */
    private void augment(int free) {
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int reached = 0;
        int i = free;
        double offset = 0; // what leads to row i, less the reduced cost of its own column
        double nearest = Double.NEGATIVE_INFINITY;
        do {
            int next = relax(i, offset, nearest, reached);
            nearest = distance[next];
            if (nearest == Double.POSITIVE_INFINITY) {
                throw infeasible(free, reached);
            }
            swap(next, reached);
            i = rowOf[reached];
            if (i != NONE) {
                offset = nearest - (cost[i * columns + columnAt[reached]] - price[reached]);
            }
            reached++;
        } while (i != NONE);
        for (int k = 0; k < reached; k++) {
            price[k] += distance[k] - nearest;
        }
        int place = reached - 1;
        int row;
        do {
            row = from[place];
            rowOf[place] = row;
            int before = placeOf[row];
            placeOf[row] = place;
            place = before;
        } while (row != free);
    }

    /**
     * Shortens the ways to the columns not reached yet by going over row i.
     *
     * @param least how far the column reached last is: none is nearer
     * @return the place of the nearest
     */
    private int relax(int i, double offset, double least, int reached) {
        int base = i * columns;
        double nearest = Double.POSITIVE_INFINITY;
        int at = reached;
        for (int k = reached; k < columns; k++) {
            double way = offset + (cost[base + columnAt[k]] - price[k]);
            double d = distance[k];
            if (way < d) {
                d = way;
                distance[k] = way;
                from[k] = i;
            }
            if (d <= nearest && (d < nearest || rowOf[k] == NONE)) {
                nearest = d;
                at = k;
                if (d <= least && rowOf[k] == NONE) {
                    return k;
                }
            }
        }
        return at;
    }

    private void swap(int a, int b) {
        if (a == b) {
            return;
        }
        int column = columnAt[a];
        columnAt[a] = columnAt[b];
        columnAt[b] = column;
        double p = price[a];
        price[a] = price[b];
        price[b] = p;
        double d = distance[a];
        distance[a] = distance[b];
        distance[b] = d;
        int f = from[a];
        from[a] = from[b];
        from[b] = f;
        int row = rowOf[a];
        rowOf[a] = rowOf[b];
        rowOf[b] = row;
        if (rowOf[a] != NONE) {
            placeOf[rowOf[a]] = a;
        }
        if (rowOf[b] != NONE) {
            placeOf[rowOf[b]] = b;
        }
    }

    /** The free row and those of the columns reached may take these columns alone, one fewer than they are. */
    private IllegalArgumentException infeasible(int free, int reached) {
        String row = transposed ? "column" : "row";
        String column = transposed ? "row" : "column";
        int[] shared = Arrays.stream(columnAt, 0, reached).sorted().toArray();
        String size = transposed ? columns + " x " + rows : rows + " x " + columns;
        String message = "linear assignment of " + size + ": " + row + " " + free + " cannot be served: ";
        if (reached == 0) {
            return new IllegalArgumentException(message + "every " + column + " is forbidden (+Infinity) to it");
        }
        int[] sharing = IntStream.concat(IntStream.of(free), Arrays.stream(rowOf, 0, reached))
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
