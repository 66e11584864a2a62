package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Matcher;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.mdetr.MdetrOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The snippets of {@code docs/losses.md} are those here, and do what is said; losses are added, replaced and left out. */
class LossDocsTest {
    private static final String SOURCE = "src/test/java/io/github/mdetr/nn/loss/LossDocsTest.java";

    @Test
    void boxes() {
        float[][] a = {{0, 0, 2, 2}};
        float[][] b = {{1, 1, 3, 3}};
        float iou = Boxes.iou(a, b)[0][0]; // 1/7, of xyxy
        float giou = Boxes.giou(a, b)[0][0]; // 1/7 − 2/9
        assertEquals(1 / 7f, iou, 1e-6);
        assertEquals(1 / 7f - 2 / 9f, giou, 1e-6);
    }

    @Test
    void matching() {
        float[][] logits = {{0, 9, 0}, {9, 0, 0}};
        float[][] boxes = {{.2f, .2f, .1f, .1f}, {.7f, .7f, .2f, .2f}};
        Target target = new Target(new float[][] {{.7f, .7f, .2f, .2f}}, new float[][] {{1, 0, 0}});
        Match match = HungarianMatcher.published().match(logits, boxes, target);
        int query = match.queries()[0]; // 1
        assertEquals(1, query);
    }

    @Test
    @SuppressWarnings("NullAway") // the gradient is there
    void gradient() {
        float width;
        try (Scope scope = Scope.open();
                Tape tape = Tape.record()) {
            Tensor predicted = Tensor.of(new float[] {.5f, .5f, .2f, .2f}, 1, 4);
            tape.watch(predicted);
            Tensor loss = BoxLoss.l1(predicted, Tensor.of(new float[] {.5f, .5f, .4f, .2f}, 1, 4));
            try (Gradients gradients = tape.backward(loss)) {
                width = gradients.of(predicted).toFloats()[2]; // −1: wider is better
            }
        }
        assertEquals(-1, width);
    }

    /** One image of two queries, the first at the object but 0.1 to the right, in two layers. */
    private static MdetrOutput output() {
        Tensor logits = Tensor.of(new float[] {9, 0, 0, 0, 0, 9}, 1, 2, 3);
        Tensor boxes = Tensor.of(new float[] {.6f, .5f, .2f, .2f, .1f, .1f, .1f, .1f}, 1, 2, 4);
        return Outputs.of(Map.of("0.logits", logits, "0.boxes", boxes, "1.logits", logits, "1.boxes", boxes));
    }

    private static final List<Target> TARGETS =
            List.of(new Target(new float[][] {{.5f, .5f, .2f, .2f}}, new float[][] {{1, 0, 0}}));

    @Test
    void criterion() {
        try (Scope scope = Scope.open()) {
            MdetrOutput output = output();
            List<Target> targets = TARGETS;
            Criterion published = Criterion.published();
            Criterion gqa = new Criterion(LossWeights.publishedForGqa(), HungarianMatcher.published());
            LossWeights weights = LossWeights.published().withGiou(3).withNoObject(.2f);
            Criterion weighed = new Criterion(weights, HungarianMatcher.published());
            Criterion mine = Criterion.published().without("loss_giou").with("loss_centre", 3, m -> {
                Tensor off = Elementwise.sub(m.matchedBoxes(), m.targetBoxes()); // [P, 4] as cxcywh
                return m.perObject(Reductions.sum(Elementwise.abs(Shapes.slice(off, -1, 0, 2))));
            });
            Losses losses = mine.of(output, targets);
            float number = (float) losses.value("loss_centre").orElseThrow();
            Tensor sum = Elementwise.add(losses.tensor("loss_ce"), losses.tensor("loss_centre"));
            assertEquals(0.1, number, 1e-6);
            double ce = losses.value("loss_ce").orElseThrow();
            assertEquals(ce + 0.1, sum.item(), 1e-6);
            assertEquals(2 * (ce + 5 * 0.1 + 3 * 0.1), losses.total().item(), 1e-5);
            assertTrue(losses.value("loss_centre_0").isPresent());
            assertFalse(losses.value("loss_giou").isPresent());
            assertTrue(gqa.of(output, targets).auxiliaryMatches().isEmpty());
            Losses before = published.of(output, targets);
            Losses after = weighed.of(output, targets);
            double giou = before.value("loss_giou").orElseThrow();
            double more = after.value("loss_ce").orElseThrow()
                    - before.value("loss_ce").orElseThrow();
            assertTrue(more > 0, "the queries without an object weigh more");
            assertEquals(
                    2 * (giou + more), after.total().item() - before.total().item(), 1e-5);
        }
    }

    @Test
    void aLossIsReplacedInItsPlaceAndALastOneIsOfTheLastLayer() {
        try (Scope scope = Scope.open()) {
            Criterion changed = Criterion.published()
                    .with("loss_ce", 2, m -> Tensor.scalar(7))
                    .withLast("whole", 1, m -> Tensor.scalar(m.count()))
                    .with("absent", 1, m -> null);
            assertEquals(0, changed.names().indexOf("loss_ce"));
            Losses losses = changed.of(output(), TARGETS);
            assertEquals(7, losses.value("loss_ce_0").orElseThrow());
            assertEquals(1, losses.value("whole").orElseThrow());
            assertFalse(losses.value("whole_0").isPresent());
            assertFalse(losses.value("absent").isPresent());
        }
    }

    /** Any matcher will do: here the last query takes the object. */
    @Test
    void anotherMatcher() {
        Matcher last = (logits, boxes, targets) -> List.of(new Match(new int[] {1}, new int[] {0}, 0));
        try (Scope scope = Scope.open()) {
            Losses losses = new Criterion(LossWeights.published(), last).of(output(), TARGETS);
            assertEquals(0.4 + 0.4 + 0.1 + 0.1, losses.value("loss_bbox").orElseThrow(), 1e-6);
        }
    }

    @Test
    void withoutAnyLossTheTotalIsNothing() {
        LossWeights none = new LossWeights(0, 0, 0, 0, 0, 0, .1f, 1, true);
        try (Scope scope = Scope.open()) {
            Losses losses = new Criterion(none, HungarianMatcher.published()).of(output(), TARGETS);
            assertEquals(0, losses.total().item());
            assertTrue(losses.value("loss_ce").isPresent(), "it is told all the same");
        }
    }

    @Test
    void everySnippetIsHere() throws IOException {
        Path docs = Path.of("..", "docs", "losses.md");
        String source = Files.readString(Path.of(SOURCE));
        boolean java = false;
        int lines = 0;
        for (String line : Files.readAllLines(docs)) {
            if (line.startsWith("```")) {
                java = line.equals("```java");
            } else if (java && !line.isBlank()) {
                assertTrue(source.contains(line.strip()), line);
                lines++;
            }
        }
        assertTrue(lines > 20, "lines of snippets");
    }
}
