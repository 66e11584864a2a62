package io.github.mdetr.nn.matching;

/**
 * Which queries answer for which objects of one image: query {@code queries[i]} for object {@code objects[i]}.
 *
 * @param queries indices of queries, ascending
 * @param objects indices of objects, each once
 * @param cost the sum of the pairs' costs
 */
@SuppressWarnings("ArrayRecordComponent") // goes on as arrays; compared by none
public record Match(int[] queries, int[] objects, double cost) {

    /** Number of pairs: all objects, or all queries where there are fewer. */
    public int count() {
        return queries.length;
    }
}
