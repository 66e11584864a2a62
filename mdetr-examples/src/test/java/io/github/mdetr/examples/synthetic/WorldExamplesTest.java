package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is learned when. */
class WorldExamplesTest {
    private static final long CURRICULUM = 1000;
    private static final String IN_ORDER = "small large gray red blue green brown purple cyan yellow rubber";

    private final WorldExamples examples = new WorldExamples(new World(5, SceneOptions.SMALL), 5, 4, 3, CURRICULUM);

    /** How often captions of the batches from a step on begin so. */
    private double share(long step, String... beginnings) {
        return share(step, c -> Stream.of(beginnings).anyMatch(c.text()::startsWith));
    }

    private double shareWith(long step, String words) {
        return share(step, c -> c.text().contains(words));
    }

    private double share(long step, Predicate<ExampleCaption> wanted) {
        return LongStream.range(step, step + 40)
                .boxed()
                .flatMap(s -> examples.examples(s).stream())
                .flatMap(e -> e.captions().stream())
                .mapToInt(c -> wanted.test(c) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    @Test
    void whatIsLearnedGetsHarder() {
        assertEquals(1, share(0, IN_ORDER));
        assertEquals(1, share(CURRICULUM / 5, IN_ORDER));
        assertEquals(0.2 * 0.5, share(CURRICULUM, IN_ORDER), 0.06);
        // at last 0.8 × 0.75, less those that a scene does not have
        double asked = share(CURRICULUM, "the ");
        assertTrue(asked > 0.4 && asked < 0.7, asked + " ask");
        double packed = share(CURRICULUM, "a ", "an ", "two ", "three ", "four ", "five ", "six ");
        assertTrue(packed > 0.1 && packed < 0.4, packed + " name all");
    }

    /** One scene in twenty has such an expression, so that one caption in two hundred would be one if none were sought. */
    @Test
    void twoRelationsAtOnceAreNotRare() {
        assertEquals(0, shareWith(0, " both "));
        double both = shareWith(CURRICULUM, " both ");
        assertTrue(both > 0.03 && both < 0.12, both + " have two relations");
    }

    /** A model that never sees a caption without an object finds one for each. */
    @Test
    void someCaptionsAreOfWhatIsNotThere() {
        assertEquals(0, share(0, c -> c.objects().isEmpty()));
        double share = share(CURRICULUM, c -> c.objects().isEmpty());
        assertTrue(share > 0.02 && share < 0.1, share + " have no object");
    }

    @Test
    void aBatchIsAFunctionOfItsNumber() {
        List<TrainingExample> once = examples.examples(7);
        assertEquals(4, once.size());
        assertEquals(3, once.get(0).captions().size());
        List<TrainingExample> again =
                new WorldExamples(new World(5, SceneOptions.SMALL), 5, 4, 3, CURRICULUM).examples(7);
        for (int i = 0; i < once.size(); i++) {
            assertEquals(once.get(i).captions(), again.get(i).captions());
            assertEquals(once.get(i).image(), again.get(i).image());
        }
        assertNotEquals(once.get(0).captions(), examples.examples(8).get(0).captions());
    }
}
