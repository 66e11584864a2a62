package io.github.mdetr.core.optim;

/**
 * Parameters that are trained at one rate: those whose name holds a text.
 *
 * @param name what the parameters' names hold, which is also how the group is called in logs and schedules; {@link #REST}
 *     for those that no other group takes
 * @param rate base learning rate, which a {@link Schedule} multiplies
 */
public record ParameterGroup(String name, double rate) {
    /** The group of all parameters that no other takes. */
    public static final String REST = "rest";

    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException for an empty name, or a rate that is negative or not finite
     */
    public ParameterGroup {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(
                    "parameter group: expected a part of parameters' names, got an empty one");
        }
        Settings.atLeastZero("parameter group " + name + ": learning rate", rate);
    }

    boolean takes(String parameter) {
        return name.equals(REST) || parameter.contains(name);
    }
}
