package io.github.mdetr.nn.parity;

import java.util.List;

/**
 * What came of a reference case.
 *
 * @param name the case's name
 * @param status passed, failed or skipped
 * @param reason why it was skipped, or failed before it could be compared; else empty
 * @param differences every output of the reference, in its order
 */
public record ParityResult(String name, Status status, String reason, List<OutputDifference> differences) {

    /** What can come of a case. */
    public enum Status {
        /** Every output is near enough. */
        PASSED,
        /** An output is missing or too far away. */
        FAILED,
        /** The library does not build such a model. */
        SKIPPED
    }

    /** Copies the list. */
    public ParityResult {
        differences = List.copyOf(differences);
    }

    static ParityResult skipped(String name, String reason) {
        return new ParityResult(name, Status.SKIPPED, reason, List.of());
    }

    static ParityResult failed(String name, String reason) {
        return new ParityResult(name, Status.FAILED, reason, List.of());
    }

    static ParityResult compared(String name, List<OutputDifference> differences) {
        boolean passed = !differences.isEmpty() && differences.stream().allMatch(OutputDifference::passed);
        String reason = differences.isEmpty() ? "the reference holds no outputs" : "";
        return new ParityResult(name, passed ? Status.PASSED : Status.FAILED, reason, differences);
    }

    /** The outputs that are too far away. */
    public List<OutputDifference> failures() {
        return differences.stream().filter(d -> !d.passed()).toList();
    }
}
