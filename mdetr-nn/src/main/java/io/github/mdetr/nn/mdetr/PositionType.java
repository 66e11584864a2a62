package io.github.mdetr.nn.mdetr;

import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.nn.backbone.LearnedPositions;
import io.github.mdetr.nn.backbone.PositionEmbedding;
import io.github.mdetr.nn.backbone.SinePositions;

/** The kinds of image positions. */
public enum PositionType {
    /** Fixed sines, of the published models. */
    SINE("sine"),
    /** Learned row and column vectors. */
    LEARNED("learned");

    private final String argument;

    PositionType(String argument) {
        this.argument = argument;
    }

    /** Its name in the {@code position_embedding} argument of published checkpoints. */
    public String argument() {
        return argument;
    }

    /**
     * The kind of that name; {@code v2} and {@code v3} are older ones for sine and learned.
     *
     * @throws IllegalArgumentException that lists the names there are
     */
    public static PositionType of(String argument) {
        return switch (argument) {
            case "sine", "v2" -> SINE;
            case "learned", "v3" -> LEARNED;
            default ->
                throw new IllegalArgumentException(
                        "position_embedding '" + argument + "' is unknown: expected sine or learned");
        };
    }

    PositionEmbedding create(Parameters.Path path, int width) {
        return this == SINE ? new SinePositions(width) : new LearnedPositions(path, width);
    }
}
