package io.github.mdetr.nn.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is not as the format says in a file of annotations.
 *
 * @param listed in the file's order, of each kind at most as many as the reader keeps
 * @param counts how often each kind came, listed or not
 * @param fields how often each field was passed over or taken in another form ({@link EntryProblem.Kind#FIELD})
 */
public record EntryProblems(List<EntryProblem> listed, Map<EntryProblem.Kind, Long> counts, Map<String, Long> fields) {
    /** Nothing. */
    public static final EntryProblems NONE = new EntryProblems(List.of(), Map.of(), Map.of());

    /** Copies. */
    public EntryProblems {
        listed = List.copyOf(listed);
        counts = Map.copyOf(counts);
        fields = new TreeMap<>(fields);
    }

    /** How often a kind came. */
    public long count(EntryProblem.Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** How many of them are errors. */
    public long errors() {
        return counts.entrySet().stream()
                .filter(e -> e.getKey().isError())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** One line on what is no error, such as {@code 3 fields that a box does not need (id 1, segmentation 2)}; empty where there is nothing. */
    public String notes() {
        List<String> parts = new ArrayList<>();
        if (count(EntryProblem.Kind.FIELD) > 0) {
            parts.add(of(EntryProblem.Kind.FIELD, "value", "values") + " that a box does not need "
                    + (count(EntryProblem.Kind.FIELD) == 1 ? "is" : "are") + " in another form ("
                    + fields.entrySet().stream()
                            .map(e -> e.getKey() + " " + e.getValue())
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        if (count(EntryProblem.Kind.SPAN_FORM) > 0) {
            parts.add(
                    of(EntryProblem.Kind.SPAN_FORM, "span has", "spans have") + " other brackets than [[begin, end]]");
        }
        if (count(EntryProblem.Kind.NO_BOX) > 0) {
            parts.add(of(EntryProblem.Kind.NO_BOX, "annotation without a box is", "annotations without a box are")
                    + " left out");
        }
        return String.join("; ", parts);
    }

    private String of(EntryProblem.Kind kind, String one, String more) {
        long n = count(kind);
        return n + " " + (n == 1 ? one : more);
    }

    /** Collects them. */
    static final class Builder {
        private final int keep;
        private final List<EntryProblem> listed = new ArrayList<>();
        private final Map<EntryProblem.Kind, Long> counts = new EnumMap<>(EntryProblem.Kind.class);
        private final Map<String, Long> fields = new TreeMap<>();

        /**
         * An empty one.
         *
         * @param keep how many of a kind are kept, however many a file has
         */
        Builder(int keep) {
            this.keep = keep;
        }

        void add(EntryProblem problem) {
            if (counts.merge(problem.kind(), 1L, Long::sum) <= keep) {
                listed.add(problem);
            }
            if (problem.kind() == EntryProblem.Kind.FIELD) {
                fields.merge(problem.field(), 1L, Long::sum);
            }
        }

        long count(EntryProblem.Kind kind) {
            return counts.getOrDefault(kind, 0L);
        }

        EntryProblems build() {
            return new EntryProblems(listed, counts, fields);
        }
    }
}
