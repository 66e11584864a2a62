package io.github.mdetr.nn.matching;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Times {@link LinearAssignment} on one thread: a line of JSON for each size and kind of matrix, as
 * {@code bench/assignment_peer.py} prints for scipy. {@code bench/assignment.sh} runs both in turn.
 */
public final class AssignmentBenchmark {
    private static final int[][] SIZES = {{100, 10}, {100, 100}, {900, 100}, {1000, 1000}};
    private static final long SECOND = 1_000_000_000L;
    private static double sink;

    private AssignmentBenchmark() {}

    /** Argument: seconds for each size and kind. */
    public static void main(String[] args) {
        double seconds = Double.parseDouble(args[0]);
        for (int[] size : SIZES) {
            for (String kind : new String[] {"uniform", "matcher", "integers", "product"}) {
                double[][] costs = new double[5][];
                Arrays.setAll(costs, k -> cost(kind, size[0], size[1], k));
                time(costs, size, seconds / 2);
                System.out.printf(
                        Locale.ROOT,
                        "{\"rows\": %d, \"columns\": %d, \"kind\": \"%s\", \"us\": %.2f}%n",
                        size[0],
                        size[1],
                        kind,
                        time(costs, size, seconds));
            }
        }
        if (sink == 0) {
            System.out.println();
        }
    }

    /** Median of one call, in microseconds. */
    private static double time(double[][] costs, int[] size, double seconds) {
        double[] times = new double[1 << 20];
        int n = 0;
        long start = System.nanoTime();
        while (n < 5 || (n < times.length && System.nanoTime() - start < seconds * SECOND)) {
            long begin = System.nanoTime();
            sink += LinearAssignment.solve(costs[n % costs.length], size[0], size[1])
                    .cost();
            times[n++] = (System.nanoTime() - begin) / 1e3;
        }
        double[] sorted = Arrays.copyOf(times, n);
        Arrays.sort(sorted);
        return sorted[n / 2];
    }

    private static double[] cost(String kind, int rows, int columns, int seed) {
        Random random = new Random(seed);
        double[] cost = new double[rows * columns];
        double[] base = random.doubles(columns).toArray();
        for (int k = 0; k < cost.length; k++) {
            int i = k / columns;
            int j = k % columns;
            cost[k] = switch (kind) {
                case "uniform" -> random.nextDouble();
                case "matcher" -> 3 * base[j] + random.nextGaussian() * 0.7; // targets differ more than queries do
                case "integers" -> random.nextInt(10);
                default -> (i + 1.0) * (j + 1.0); // every row wants the same columns: the slow case
            };
        }
        return cost;
    }
}
