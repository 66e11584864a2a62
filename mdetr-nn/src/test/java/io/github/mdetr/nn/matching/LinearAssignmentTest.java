package io.github.mdetr.nn.matching;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mdetr.core.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Least costs are those of scipy; what is no problem, or has no answer, is told in one line. */
class LinearAssignmentTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    static List<JsonNode> cases() throws IOException {
        try (InputStream in = LinearAssignmentTest.class.getResourceAsStream("/matching/assignments.json")) {
            List<JsonNode> cases = new ArrayList<>();
            new ObjectMapper().readTree(Objects.requireNonNull(in)).get("cases").forEach(cases::add);
            assertTrue(cases.size() > 150, "cases");
            return cases;
        }
    }

    private static double[] cost(JsonNode c) {
        double[] cost = new double[c.get("rows").asInt() * c.get("columns").asInt()];
        for (int k = 0; k < cost.length; k++) {
            if (c.has("seed")) {
                cost[k] = mixed(c.get("seed").asLong() + k, c.get("levels").asInt());
            } else {
                JsonNode value = c.get("cost").get(k);
                cost[k] = value.isNull() ? INF : value.asDouble();
            }
        }
        return cost;
    }

    private static double mixed(long seed, int levels) {
        long x = seed * 0x9E3779B97F4A7C15L;
        x ^= x >>> 32;
        x *= 0xD6E8FEB86659FD93L;
        x ^= x >>> 32;
        return (x >>> 11) % levels;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theCostIsScipys(JsonNode c) {
        int rows = c.get("rows").asInt();
        int columns = c.get("columns").asInt();
        double[] cost = cost(c);
        double[] before = cost.clone();
        if (c.get("optimum").isNull()) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> LinearAssignment.solve(cost, rows, columns))
                    .getMessage();
            assertTrue(message.contains(" cannot be served: "), message);
            return;
        }
        Assignment a = LinearAssignment.solve(cost, rows, columns);
        assertArrayEquals(before, cost, "the cost is not written to");
        check(a, cost, rows, columns);
        double optimum = c.get("optimum").asDouble();
        double scale = Arrays.stream(cost)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(0);
        assertEquals(
                optimum,
                a.cost(),
                c.get("exact").asBoolean() ? 0 : 1e-13 * scale,
                c.get("kind").asText());
        double[] huge = Arrays.stream(cost).map(x -> Math.scalb(x, 970)).toArray();
        assertEquals(
                Math.scalb(optimum, 970),
                LinearAssignment.solve(huge, rows, columns).cost(),
                c.get("exact").asBoolean() ? 0 : Math.scalb(1e-13 * scale, 970),
                "2^970 times as much");
    }

    /** Rows ascend, nothing is given twice, as many pairs as the smaller side, and the cost is theirs. */
    private static void check(Assignment a, double[] cost, int rows, int columns) {
        assertEquals(Math.min(rows, columns), a.size());
        boolean[] taken = new boolean[columns];
        double sum = 0;
        for (int k = 0; k < a.size(); k++) {
            assertTrue(k == 0 || a.rows()[k] > a.rows()[k - 1], "rows ascend");
            assertTrue(!taken[a.columns()[k]], "a column is taken once");
            taken[a.columns()[k]] = true;
            sum += cost[a.rows()[k] * columns + a.columns()[k]];
        }
        assertEquals(sum, a.cost());
    }

    @Test
    void theExampleOfTheDocumentation() {
        double[][] cost = {
            {4, 1, 3},
            {2, 0, 5},
        };
        Assignment a = LinearAssignment.solve(cost);
        assertEquals(new Assignment(new int[] {0, 1}, new int[] {1, 0}, 3.0), a);
        cost[0][1] = Double.POSITIVE_INFINITY;
        a = LinearAssignment.solve(cost);
        assertArrayEquals(new int[] {2, 1}, a.columns());
        assertEquals(3.0, a.cost());
    }

    @Test
    void everyKindOfArrayIsTaken() {
        double[][] cost = {{7, 2, 1, 9, 4}, {9, 6, 1, 5, 1.5}, {3, 8, 3, 1, 8}};
        Assignment expected = LinearAssignment.solve(cost);
        float[] flat = {7, 2, 1, 9, 4, 9, 6, 1, 5, 1.5f, 3, 8, 3, 1, 8};
        assertEquals(expected, LinearAssignment.solve(flat, 3, 5));
        try (Tensor tensor = Tensor.of(flat, 3, 5)) {
            assertEquals(expected, LinearAssignment.solve(tensor));
        }
        assertEquals(expected, LinearAssignment.solve(Nd4j.create(cost)));
        assertEquals(
                expected,
                LinearAssignment.solve(Nd4j.create(cost).castTo(DataType.FLOAT).dup('f')));
        Assignment turned = LinearAssignment.solve(Nd4j.create(cost).transpose());
        assertEquals(expected.cost(), turned.cost());
        assertEquals(
                0,
                LinearAssignment.solve(Nd4j.empty(DataType.FLOAT).reshape(0, 3)).size());
    }

    @Test
    void matricesWithoutRowsOrColumns() {
        Assignment none = new Assignment(new int[0], new int[0], 0);
        assertEquals(none, LinearAssignment.solve(new double[0][0]));
        assertEquals(none, LinearAssignment.solve(new double[4][0]));
        assertEquals(none, LinearAssignment.solve(new double[0], 0, 5));
        assertEquals(none, LinearAssignment.solve(new float[0], 5, 0));
    }

    @Test
    void whatIsNoCostIsNamed() {
        refused(
                "linear assignment: cost at row 1, column 0: expected a number or +Infinity (a forbidden pair), got NaN",
                () -> LinearAssignment.solve(new double[][] {{1, 2}, {Double.NaN, 3}}));
        refused(
                "linear assignment: cost at row 0, column 2: expected a number or +Infinity (a forbidden pair), got -Infinity",
                () -> LinearAssignment.solve(new float[] {1, 2, Float.NEGATIVE_INFINITY}, 1, 3));
        refused(
                "linear assignment: row 1 has 3 costs, expected 2 as in row 0",
                () -> LinearAssignment.solve(new double[][] {{1, 2}, {1, 2, 3}}));
        refused(
                "linear assignment: expected 6 costs for 2 x 3, got 5",
                () -> LinearAssignment.solve(new double[5], 2, 3));
        refused(
                "linear assignment: expected 10000000000 costs for 100000 x 100000, got 1",
                () -> LinearAssignment.solve(new float[1], 100_000, 100_000));
        refused(
                "linear assignment: expected 0 or more rows and columns, got -1 x -1",
                () -> LinearAssignment.solve(new double[1], -1, -1));
        refused(
                "linear assignment: expected a cost of shape [rows, columns], got [2, 3, 4]",
                () -> LinearAssignment.solve(Nd4j.create(2, 3, 4)));
    }

    @Test
    void whoCannotBeServedIsNamedWithWhomItShares() {
        refused(
                "linear assignment of 2 x 3: row 1 cannot be served: every column is forbidden (+Infinity) to it",
                () -> LinearAssignment.solve(new double[][] {{1, 2, 3}, {INF, INF, INF}}));
        refused(
                "linear assignment of 3 x 4: row 2 cannot be served: rows 0, 2 may take column 3 alone, the others are"
                        + " forbidden (+Infinity)",
                () -> LinearAssignment.solve(new double[][] {{INF, INF, INF, 1}, {1, 2, 3, 4}, {INF, INF, INF, 5}}));
        refused(
                "linear assignment of 3 x 2: column 1 cannot be served: columns 0, 1 may take row 2 alone, the others are"
                        + " forbidden (+Infinity)",
                () -> LinearAssignment.solve(new double[][] {{INF, INF}, {INF, INF}, {7, 8}}));
    }

    private static void refused(String expected, Executable call) {
        assertEquals(
                expected, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
