package io.github.mdetr.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.box.Boxes;
import io.github.mdetr.nn.matching.HungarianMatcher;
import io.github.mdetr.nn.matching.Match;
import io.github.mdetr.nn.matching.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be computed is told in one line: what, where, what was expected and what came. */
class LossErrorsTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;
    private static final float[][] BOX = {{.5f, .5f, .2f, .2f}};
    private static final float[][] MAP = {{1, 0, 0}};
    private static final float[][] LOGITS = {{1, 0, 0}, {0, 0, 1}};
    private static final float[][] TWO_BOXES = {{.5f, .5f, .2f, .2f}, {.1f, .1f, .2f, .2f}};
    private static final Target ONE = new Target(BOX, MAP, null);

    private static Arguments error(String expected, Executable work) {
        return Arguments.of(expected, work);
    }

    static Stream<Arguments> boxes() {
        return Stream.of(
                error("iou: a[0]: expected 4 numbers, got 3", () -> Boxes.iou(new float[][] {{0, 0, 1}}, BOX)),
                error(
                        "giou: b[1]: expected finite numbers, got (0.0, NaN, 1.0, 1.0)",
                        () -> Boxes.giou(new float[][] {{0, 0, 1, 1}}, new float[][] {{0, 0, 1, 1}, {0, NAN, 1, 1}})),
                error(
                        "iou: a[0]: expected x0 ≤ x1 and y0 ≤ y1, got (0.5, 0.5, 0.2, 0.2); these may be cxcywh, turn them"
                                + " with cxcywhToXyxy",
                        () -> Boxes.iou(BOX, BOX)),
                error(
                        "cxcywhToXyxy[0]: expected finite numbers, got (0.0, 0.0, Infinity, 1.0)",
                        () -> Boxes.cxcywhToXyxy(new float[][] {{0, 0, INF, 1}})),
                error("xyxyToCxcywh[0]: expected 4 numbers, got 5", () -> Boxes.xyxyToCxcywh(new float[1][5])),
                error(
                        "box loss: target[0]: expected width and height above 0, got (0.5, 0.5, 0.0, 0.2) as cxcywh",
                        () -> BoxLoss.giou(BOX, new float[][] {{.5f, .5f, 0, .2f}})),
                error(
                        "box loss: predicted[0]: expected width and height of 0 or more, got (0.5, 0.5, -0.1, 0.2) as cxcywh",
                        () -> BoxLoss.l1(new float[][] {{.5f, .5f, -.1f, .2f}}, BOX)),
                error("GIoU loss: target: expected shape [2, 4], got [1, 4]", () -> BoxLoss.giou(TWO_BOXES, BOX)),
                error(
                        "GIoU loss: target[1]: expected width and height above 0, got (0.5, 0.5, -0.2, -0.2) as cxcywh",
                        () -> BoxLoss.giou(
                                Tensor.of(new float[] {.5f, .5f, .2f, .2f, .5f, .5f, .2f, .2f}, 2, 4),
                                Tensor.of(new float[] {.5f, .5f, .2f, .2f, .5f, .5f, -.2f, -.2f}, 2, 4))),
                error(
                        "L1 loss: predicted[0]: expected finite numbers, got (0.5, NaN, 0.2, 0.2)",
                        () -> BoxLoss.l1(
                                Tensor.of(new float[] {.5f, NAN, .2f, .2f}, 1, 4),
                                Tensor.of(new float[] {.5f, .5f, .2f, .2f}, 1, 4))),
                error(
                        "L1 loss: expected predicted boxes [N, 4], got shape [2, 3]",
                        () -> BoxLoss.l1(Tensor.zeros(2, 3), Tensor.zeros(2, 3))),
                error(
                        "giouOfRows: expected as many boxes on either side, got [2, 4] and [1, 4]",
                        () -> Boxes.giouOfRows(Tensor.zeros(2, 4), Tensor.zeros(1, 4))),
                error("iou: expected boxes [N, 4], got ", () -> Boxes.iou(Tensor.zeros(4), Tensor.zeros(1, 4))),
                error("cxcywhToXyxy: expected boxes [..., 4], got ", () -> Boxes.cxcywhToXyxy(Tensor.zeros(2, 3))));
    }

    static Stream<Arguments> functions() {
        float[] weight = {1, 1};
        return Stream.of(
                error(
                        "soft token loss: logits[0][1][2]: expected a finite number, got NaN",
                        () -> SoftTokenLoss.of(
                                Tensor.of(new float[] {0, 0, 0, 0, 0, NAN}, 1, 2, 3),
                                Tensor.zeros(1, 2, 3),
                                Tensor.zeros(1, 2))),
                error(
                        "soft token loss: target[0][1]: expected a number of 0.0 or more, got -1.0",
                        () -> SoftTokenLoss.of(
                                Tensor.zeros(1, 2), Tensor.of(new float[] {0, -1}, 1, 2), Tensor.zeros(1))),
                error(
                        "isfinal loss: target[1]: expected a number from 0.0 to 1.0, got 2.0",
                        () -> IsFinalLoss.of(Tensor.zeros(2), Tensor.of(new float[] {1, 2}, 2))),
                error(
                        "alignment loss: tokens[0][0][1]: expected a finite number, got Infinity",
                        () -> ContrastiveAlignmentLoss.of(
                                Tensor.zeros(1, 1, 2),
                                Tensor.of(new float[] {0, INF}, 1, 1, 2),
                                new boolean[1][1][1],
                                1)),
                error(
                        "image-text loss: texts[0][0]: expected a finite number, got NaN",
                        () -> ImageTextContrastiveLoss.of(Tensor.zeros(1, 1), Tensor.of(new float[] {NAN}, 1, 1), 1)),
                error(
                        "soft token loss: logits[1][2]: expected a finite number, got NaN",
                        () -> SoftTokenLoss.of(new float[][] {{0, 0, 0}, {0, 0, NAN}}, LOGITS, weight)),
                error(
                        "soft token loss: logits[1]: expected 3 values as in row 0, got 2",
                        () -> SoftTokenLoss.of(new float[][] {{0, 0, 0}, {0, 0}}, LOGITS, weight)),
                error(
                        "soft token loss: target: expected shape [2, 3], got [1, 3]",
                        () -> SoftTokenLoss.of(LOGITS, MAP, weight)),
                error(
                        "soft token loss: weight: expected shape [2], got [3]",
                        () -> SoftTokenLoss.of(LOGITS, LOGITS, new float[3])),
                error(
                        "soft token loss: weight[0]: expected a finite number, got Infinity",
                        () -> SoftTokenLoss.of(LOGITS, LOGITS, new float[] {INF, 1})),
                error(
                        "alignment loss: boxes[0][1]: expected a finite number, got NaN",
                        () -> ContrastiveAlignmentLoss.of(
                                new float[][] {{0, NAN}}, new float[1][2], new boolean[1][1], 1)),
                error(
                        "alignment loss: tokens: expected shape [1, 3, 2], got [1, 3, 4]",
                        () -> ContrastiveAlignmentLoss.of(new float[1][2], new float[3][4], new boolean[1][3], 1)),
                error(
                        "alignment loss: positive: expected [1][1][3], as the embeddings are, got [1][1][2]",
                        () -> ContrastiveAlignmentLoss.of(new float[1][2], new float[3][2], new boolean[1][2], 1)),
                error(
                        "alignment loss: positive: expected [1][2][3], as the embeddings are, got [1][1]",
                        () -> ContrastiveAlignmentLoss.of(new float[2][2], new float[3][2], new boolean[1][3], 1)),
                error(
                        "alignment loss: temperature: expected a number above 0, got 0.0",
                        () -> ContrastiveAlignmentLoss.of(new float[1][2], new float[1][2], new boolean[1][1], 0)),
                error(
                        "image-text loss: texts: expected shape [1, 2], got [2, 2]",
                        () -> ImageTextContrastiveLoss.of(new float[1][2], new float[2][2], 1)),
                error(
                        "image-text loss: expected at least one pair, got none",
                        () -> ImageTextContrastiveLoss.of(new float[0][], new float[0][], 1)),
                error(
                        "image-text loss: temperature: expected a number above 0, got NaN",
                        () -> ImageTextContrastiveLoss.of(new float[1][2], new float[1][2], NAN)),
                error(
                        "isfinal loss: target: expected shape [2], got [1]",
                        () -> IsFinalLoss.of(new float[2], new boolean[1])),
                error(
                        "isfinal loss: logits[1]: expected a finite number, got -Infinity",
                        () -> IsFinalLoss.of(new float[] {0, -INF}, new boolean[2])),
                error(
                        "isfinal loss: logits: expected 1 axes, got shape [2, 1]",
                        () -> IsFinalLoss.of(Tensor.zeros(2, 1), Tensor.zeros(2, 1))),
                error(
                        "cardinality error: expected 2 targets, one for each image, got 1",
                        () -> CardinalityError.of(Tensor.zeros(2, 3, 4), List.of(ONE))));
    }

    static Stream<Arguments> targetsAndMatches() {
        return Stream.of(
                error("target: 1 boxes, but 2 rows of the positive map", () -> new Target(BOX, new float[2][3], null)),
                error(
                        "target: 1 boxes, but 1 rows of the positive map and 2 isFinal values",
                        () -> new Target(BOX, MAP, new boolean[2])),
                error(
                        "target: box[1]: expected width and height above 0, got (0.5, 0.5, 0.2, 0.0) as cxcywh",
                        () -> new Target(
                                new float[][] {BOX[0], {.5f, .5f, .2f, 0}}, new float[][] {MAP[0], MAP[0]}, null)),
                error(
                        "target: box[0]: expected cxcywh in [0, 1] of the image, got (320.0, 240.0, 50.0, 60.0); are these"
                                + " pixels? Divide by the image's width and height",
                        () -> new Target(new float[][] {{320, 240, 50, 60}}, MAP, null)),
                error(
                        "target: positive map: row 1 has 2 values, row 0 has 3",
                        () -> new Target(TWO_BOXES, new float[][] {{1, 0, 0}, {1, 0}}, null)),
                error(
                        "target: positive map: row 0 is empty, expected a value for each token position and, last, for \"no"
                                + " object\"",
                        () -> new Target(BOX, new float[1][0], null)),
                error(
                        "target: positive map [0][1]: expected 0 or more, got -1.0",
                        () -> new Target(BOX, new float[][] {{0, -1, 0}}, null)),
                error(
                        "target: positive map [0][2]: expected 0, the last column is \"no object\", got 1.0",
                        () -> new Target(BOX, new float[][] {{0, 0, 1}}, null)),
                error("match: 2 queries, but 1 objects", () -> new Match(new int[] {0, 1}, new int[] {0}, 0)),
                error(
                        "match: queries[1]: expected more than 3, the one before, got 3",
                        () -> new Match(new int[] {3, 3}, new int[] {0, 1}, 0)),
                error(
                        "match: queries[0]: expected 0 or more, got -1",
                        () -> new Match(new int[] {-1}, new int[] {0}, 0)),
                error(
                        "match: objects[1]: expected an index of its own, 0 or more, got 2",
                        () -> new Match(new int[] {0, 1}, new int[] {2, 2}, 0)));
    }

    static Stream<Arguments> matcher() {
        HungarianMatcher matcher = HungarianMatcher.published();
        return Stream.of(
                error(
                        "matcher: expected weights of 0 or more, got 1.0, -5.0 and 2.0",
                        () -> new HungarianMatcher(1, -5, 2)),
                error("matcher: expected a weight above 0, all are 0", () -> new HungarianMatcher(0, 0, 0)),
                error("matcher: 2 rows of logits, but 1 boxes", () -> matcher.match(LOGITS, BOX, ONE)),
                error(
                        "matcher: logits[1]: expected 3 values as in row 0, got 2",
                        () -> matcher.match(new float[][] {{0, 0, 0}, {0, 0}}, TWO_BOXES, ONE)),
                error(
                        "matcher: logits have 2 classes, the target's positive map has 3",
                        () -> matcher.match(new float[2][2], TWO_BOXES, ONE)),
                error(
                        "matcher: logits[1][2]: expected a finite number, got NaN; the model's weights or its input are no"
                                + " numbers either, or training diverged",
                        () -> matcher.match(new float[][] {{0, 0, 0}, {0, 0, NAN}}, TWO_BOXES, ONE)),
                error(
                        "matcher: predicted box[1]: expected finite numbers, got (NaN, 0.1, 0.2, 0.2)",
                        () -> matcher.match(LOGITS, new float[][] {BOX[0], {NAN, .1f, .2f, .2f}}, ONE)),
                error(
                        "matcher: predicted box[0]: expected width and height of 0 or more",
                        () -> matcher.match(LOGITS, new float[][] {{.5f, .5f, -.2f, .2f}, BOX[0]}, ONE)),
                error(
                        "matcher: expected logits [B, Q, C] and boxes [B, Q, 4] of B = 1 images, as there are targets, got"
                                + " [2, 3, 4] and [2, 3, 4]",
                        () -> matcher.match(Tensor.zeros(2, 3, 4), Tensor.zeros(2, 3, 4), List.of(ONE))));
    }

    static Stream<Arguments> criterion() {
        Criterion published = Criterion.published();
        Target wide = new Target(BOX, new float[][] {{1, 0, 0, 0}}, null);
        return Stream.of(
                error(
                        "criterion: 2 pairs of image and caption, but 1 targets",
                        () -> published.of(Outputs.of(Tensor.zeros(2, 3, 3), Tensor.zeros(2, 3, 4)), List.of(ONE))),
                error(
                        "criterion: last decoder layer: image 1 of the batch: matcher: logits[2][0]: expected a finite"
                                + " number, got Infinity",
                        () -> {
                            float[] logits = new float[2 * 3 * 3];
                            logits[15] = INF;
                            published.of(
                                    Outputs.of(Tensor.of(logits, 2, 3, 3), Tensor.zeros(2, 3, 4)), List.of(ONE, ONE));
                        }),
                error(
                        "criterion: last decoder layer: image 1 of the batch: matcher: logits have 3 classes, the target's"
                                + " positive map has 4",
                        () -> published.of(
                                Outputs.of(Tensor.zeros(2, 3, 3), Tensor.zeros(2, 3, 4)), List.of(ONE, wide))),
                error(
                        "criterion: no loss \"loss_mask\" among [loss_ce, cardinality_error, loss_bbox, loss_giou,"
                                + " loss_isfinal, accuracy_isfinal, loss_contrastive_align, contrastive_loss]",
                        () -> published.without("loss_mask")),
                error("loss weights: mine must be 0 or more, got NaN", () -> published.with("mine", NAN, BoxLoss::l1)),
                error(
                        "criterion: mine: expected one number, got ",
                        () -> published
                                .with("mine", 1, MatchedLayer::matchedBoxes)
                                .of(Outputs.of(Tensor.zeros(1, 3, 3), Tensor.zeros(1, 3, 4)), List.of(ONE))),
                error(
                        "losses: no \"loss_mask\" among [loss_ce, cardinality_error, loss_bbox, loss_giou]",
                        () -> published
                                .of(Outputs.of(Tensor.zeros(1, 3, 3), Tensor.zeros(1, 3, 4)), List.of(ONE))
                                .tensor("loss_mask")),
                error(
                        "losses: image 0 of the batch: the match has query 3, expected below 3",
                        () -> matched(new Match(new int[] {3}, new int[] {0}, 0), ONE)),
                error(
                        "losses: image 0 of the batch: the match has object 1, expected below 1",
                        () -> matched(new Match(new int[] {0}, new int[] {1}, 0), ONE)),
                error(
                        "losses: image 0 of the batch: expected a positive map of 3 positions, as the logits have, got 4",
                        () -> matched(new Match(new int[] {0}, new int[] {0}, 0), wide)),
                error("losses: the output has 1 pairs of image and caption, got 1 targets and 0 matches", () -> {
                    var out = Outputs.of(Tensor.zeros(1, 3, 3), Tensor.zeros(1, 3, 4));
                    MatchedLayer.of(out, out.last(), List.of(ONE), List.of());
                }),
                error(
                        "losses: expected a value for each query, [1, 3, ...], got [3, 1]",
                        () -> matched(new Match(new int[] {0}, new int[] {0}, 0), ONE)
                                .ofMatched(Tensor.zeros(3, 1))));
    }

    private static MatchedLayer matched(Match match, Target target) {
        var out = Outputs.of(Tensor.zeros(1, 3, 3), Tensor.zeros(1, 3, 4));
        return MatchedLayer.of(out, out.last(), List.of(target), List.of(match));
    }

    static Stream<Arguments> weights() {
        LossWeights w = LossWeights.published();
        return Stream.of(
                error("loss weights: classification must be 0 or more, got -1.0", () -> w.withClassification(-1)),
                error("loss weights: box must be 0 or more, got NaN", () -> w.withBox(NAN)),
                error("loss weights: giou must be 0 or more, got Infinity", () -> w.withGiou(INF)),
                error("loss weights: alignment must be 0 or more, got -1.0", () -> w.withAlignment(-1)),
                error("loss weights: isFinal must be 0 or more, got -1.0", () -> w.withIsFinal(-1)),
                error("loss weights: imageText must be 0 or more, got -1.0", () -> w.withImageText(-1)),
                error("loss weights: noObject must be 0 or more, got -1.0", () -> w.withNoObject(-1)),
                error("loss weights: temperature: expected a number above 0, got 0.0", () -> w.withTemperature(0)));
    }

    static Stream<Arguments> all() {
        return Stream.of(boxes(), functions(), targetsAndMatches(), matcher(), criterion(), weights())
                .flatMap(s -> s);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void oneClearLine(String expected, Executable work) {
        try (Scope scope = Scope.open()) {
            String message = assertThrows(IllegalArgumentException.class, work).getMessage();
            assertTrue(message.startsWith(expected), message);
            assertFalse(message.contains("\n"), message);
        }
    }

    /** The layer before the last is named too. */
    @org.junit.jupiter.api.Test
    void theDecoderLayerIsNamed() {
        try (Scope scope = Scope.open()) {
            Tensor fine = Tensor.zeros(1, 3, 3);
            Tensor boxes = Tensor.zeros(1, 3, 4);
            Tensor broken = Tensor.full(NAN, 1, 3, 3);
            var out = Outputs.of(java.util.Map.of(
                    "0.logits",
                    fine,
                    "0.boxes",
                    boxes,
                    "1.logits",
                    fine,
                    "1.boxes",
                    boxes,
                    "2.logits",
                    broken,
                    "2.boxes",
                    boxes));
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Criterion.published().of(out, List.of(ONE)))
                    .getMessage();
            assertEquals(
                    "criterion: decoder layer 1: image 0 of the batch: matcher: logits[0][0]: expected a finite number,"
                            + " got NaN; the model's weights or its input are no numbers either, or training diverged",
                    message);
        }
    }
}
