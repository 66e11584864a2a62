package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.nn.box.Boxes;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import org.junit.jupiter.api.Test;

/** The examples in the documentation of boxes, matcher and losses say what comes out. */
class LossExamplesTest {
    private static final double WRITTEN = 5e-5; // four digits

    @Test
    void boxes() {
        float[][] a = {{0, 0, 2, 2}};
        float[][] b = {{1, 1, 3, 3}, {4, 0, 6, 2}};
        assertArrayEquals(new float[] {1 / 7f, 0}, Boxes.iou(a, b)[0], 1e-7f);
        assertArrayEquals(new float[] {1 / 7f - 2 / 9f, 0 - 4 / 12f}, Boxes.giou(a, b)[0], 1e-7f);
    }

    @Test
    void boxLoss() {
        float[][] predicted = {{.5f, .5f, .2f, .2f}};
        float[][] target = {{.5f, .5f, .4f, .2f}};
        assertEquals(0.2, BoxLoss.l1(predicted, target), 1e-6);
        assertEquals(1 - 0.5, BoxLoss.giou(predicted, target), 1e-6);
    }

    @Test
    void softToken() {
        float[][] logits = {{2, 0, 0}, {0, 0, 1}};
        float[][] target = {{.5f, .5f, 0}, {0, 0, 1}}; // a phrase of two tokens; "no object"
        float[] weight = {1, .1f};
        assertEquals(1.2395, SoftTokenLoss.of(logits, target, new float[] {1, 0}), WRITTEN);
        assertEquals(0.5514, SoftTokenLoss.of(logits, target, new float[] {0, 1}), WRITTEN);
        assertEquals(1.2947, SoftTokenLoss.of(logits, target, weight), WRITTEN);
    }

    @Test
    void alignment() {
        float[][] boxes = {{1, 0}, {0, 1}};
        float[][] tokens = {{1, 0}, {0, 1}, {0, -1}};
        boolean[][] positive = {{true, false, false}, {false, false, false}}; // box 0 means token 0
        float loss = ContrastiveAlignmentLoss.of(boxes, tokens, positive, 1);
        assertEquals((Math.log(Math.E + 2) - 1 + Math.log(Math.E + 1) - 1) / 2, loss, 1e-5);
        assertEquals(0.4324, loss, WRITTEN);
    }

    @Test
    void imageText() {
        float[][] images = {{2, 0}, {0, 1}};
        float[][] texts = {{1, 0}, {0, 3}};
        float loss = ImageTextContrastiveLoss.of(images, texts, 1);
        assertEquals(Math.log(Math.E + 1) - 1, loss, 1e-6);
        assertEquals(0.3133, loss, WRITTEN);
    }

    @Test
    void isFinal() {
        float loss = IsFinalLoss.of(new float[] {0, 2}, new boolean[] {true, true});
        assertEquals(Math.log(2) + Math.log(1 + Math.exp(-2)), loss, 1e-6);
        assertEquals(0.8201, loss, WRITTEN);
    }

    @Test
    void matcher() {
        float[][] logits = {{0, 9, 0}, {9, 0, 0}}; // two queries: tokens 0 and 1, "no object"
        float[][] boxes = {{.2f, .2f, .1f, .1f}, {.7f, .7f, .2f, .2f}};
        Target target = new Target(new float[][] {{.7f, .7f, .2f, .2f}}, new float[][] {{1, 0, 0}}, null);
        Match match = HungarianMatcher.published().match(logits, boxes, target);
        assertArrayEquals(new int[] {1}, match.queries());
        assertArrayEquals(new int[] {0}, match.objects());
    }
}
