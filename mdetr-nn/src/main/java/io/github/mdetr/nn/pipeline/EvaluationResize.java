package io.github.mdetr.nn.pipeline;

import io.github.mdetr.nn.image.ResizePolicy;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of images that a model was trained for, as its checkpoint states it in the argument {@value #ARGUMENT}:
 * {@code native} for images as they are, {@code 480} for the shorter side, {@code 800/1333} for the shorter side and the most
 * that the longer may have. Published checkpoints have no such argument: theirs is {@link ResizePolicy#evaluation()}.
 */
public final class EvaluationResize {
    /** The argument's name. */
    public static final String ARGUMENT = "eval_resize";

    /** The value for images as they are. */
    public static final String NATIVE = "native";

    private static final Pattern SIDES = Pattern.compile("(\\d{1,6})(?:/(\\d{1,6}))?");

    private EvaluationResize() {}

    /**
     * What the arguments state.
     *
     * @throws IllegalArgumentException when the value is none of those above
     */
    public static ResizePolicy of(Map<String, ?> arguments) {
        Object value = arguments.get(ARGUMENT);
        if (value == null) {
            return ResizePolicy.evaluation();
        }
        String text = value.toString();
        if (text.equals(NATIVE)) {
            return ResizePolicy.nativeSize();
        }
        Matcher m = SIDES.matcher(text);
        if (m.matches()) {
            int shortest = Integer.parseInt(m.group(1));
            int longest = m.group(2) == null ? Integer.MAX_VALUE : Integer.parseInt(m.group(2));
            if (shortest >= 1 && longest >= shortest) {
                return ResizePolicy.shortestSide(shortest, longest);
            }
        }
        throw new IllegalArgumentException(ARGUMENT + ": expected " + NATIVE
                + ", a shorter side as in 480, or both sides as in 800/1333, got '" + text + "'");
    }
}
