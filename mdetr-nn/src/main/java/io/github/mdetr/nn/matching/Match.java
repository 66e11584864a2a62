package io.github.mdetr.nn.matching;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Which queries answer for which objects of one image: query {@code queries[i]} for object {@code objects[i]}.
 *
 * @param queries indices of queries, ascending
 * @param objects indices of objects, each once
 * @param cost the sum of the pairs' costs
 */
@SuppressWarnings("ArrayRecordComponent") // goes on as arrays; compared by none
public record Match(int[] queries, int[] objects, double cost) {

    /**
     * Checks the indices, as far as they can be without the image.
     *
     * @throws IllegalArgumentException naming the pair that is out of order, negative or there twice
     */
    public Match {
        if (queries.length != objects.length) {
            throw new IllegalArgumentException(
                    "match: " + queries.length + " queries, but " + objects.length + " objects");
        }
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < queries.length; i++) {
            if (queries[i] < 0 || (i > 0 && queries[i] <= queries[i - 1])) {
                throw new IllegalArgumentException("match: queries[" + i + "]: expected "
                        + (i > 0 ? "more than " + queries[i - 1] + ", the one before" : "0 or more") + ", got "
                        + queries[i]);
            }
            if (objects[i] < 0 || !seen.add(objects[i])) {
                throw new IllegalArgumentException(
                        "match: objects[" + i + "]: expected an index of its own, 0 or more, got " + objects[i]);
            }
        }
    }

    @Override
    public String toString() {
        return "Match[queries=" + Arrays.toString(queries) + ", objects=" + Arrays.toString(objects) + ", cost=" + cost
                + "]";
    }

    /** Number of pairs: all objects, or all queries where there are fewer. */
    public int count() {
        return queries.length;
    }
}
