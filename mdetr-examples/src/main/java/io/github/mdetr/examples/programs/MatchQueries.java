package io.github.mdetr.examples.programs;

import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import java.util.Locale;

/**
 * The matcher alone, on plain arrays: which of a model's queries stands for which object. The caption is "cat dog", so that
 * there are three classes: its two tokens and "no object".
 */
public final class MatchQueries {
    private static final String[] OBJECTS = {"cat", "dog"};

    private MatchQueries() {}

    /** Takes nothing. */
    public static void main(String... args) {
        Arguments.of(MatchQueries.class, "", args);

        float[][] boxes = {{.3f, .5f, .2f, .4f}, {.4f, .5f, .2f, .4f}}; // of the objects: centre, width and height
        float[][] tokens = {{1, 0, 0}, {0, 1, 0}}; // the words that name them
        Target target = new Target(boxes, tokens);

        // Three queries: the first is near both objects and cannot tell which it is, the last sees nothing.
        float[][] predicted = {{.34f, .5f, .2f, .4f}, {.2f, .5f, .2f, .4f}, {.8f, .8f, .2f, .2f}};
        float[][] logits = {{2, 2, 0}, {2, 1, 0}, {0, 0, 5}};

        HungarianMatcher matcher = HungarianMatcher.published();
        double[] cost = matcher.cost(logits, predicted, target); // [Q, N] in a row
        for (int q = 0; q < predicted.length; q++) {
            for (int i = 0; i < OBJECTS.length; i++) {
                System.out.printf(
                        Locale.ROOT, "query %d as the %s costs %.3f%n", q, OBJECTS[i], cost[q * OBJECTS.length + i]);
            }
        }

        // The cheapest for the cat would be the first, which the dog needs more.
        Match match = matcher.match(logits, predicted, target);
        for (int i = 0; i < match.count(); i++) {
            System.out.printf(Locale.ROOT, "the %s is query %d%n", OBJECTS[match.objects()[i]], match.queries()[i]);
        }
        System.out.printf(Locale.ROOT, "together %.3f, and no other pairs cost less%n", match.cost());
    }
}
