package io.github.mdetr.nn.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Examples as targets: boxes in shares of the image, words in code points, and warnings of words that have no position. */
class BatchMakerTest {
    private static final RobertaTokenizer TOKENIZER = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
    private static final String LONG = "a" + " a".repeat(299);

    private static TrainingExample example(String caption, int begin, int end) {
        ExampleObject object =
                new ExampleObject(new PixelBox(2, 3, 6, 9), List.of(new CodePointSpan(begin, end)), null);
        return new TrainingExample(
                "e1", new RgbImage(20, 10, new byte[600]), List.of(new ExampleCaption(caption, List.of(object))));
    }

    @Test
    void boxesAreSharesOfTheImageAndSpansAreCodePoints() {
        PreparedBatch batch = new BatchMaker(TOKENIZER, 512).make(List.of(example("🐕 a b", 2, 3)));
        Target target = batch.targets().get(0);
        assertArrayEquals(new float[] {0.2f, 0.6f, 0.2f, 0.6f}, target.boxes()[0], 1e-6f);
        int token = TOKENIZER.encode("🐕 a b").codePointToToken(2);
        for (int t = 0; t < target.positiveMap()[0].length; t++) {
            assertEquals(t == token ? 1 : 0, target.positiveMap()[0][t], 1e-5);
        }
    }

    @Test
    void bothPositiveMapsAreOffered() {
        TrainingExample e = example("a a a", 0, 5);
        float[] uniform =
                new BatchMaker(TOKENIZER, 512).make(List.of(e)).targets().get(0).positiveMap()[0];
        float[] binary = new BatchMaker(TOKENIZER, 512, PositiveMap.Kind.BINARY)
                .make(List.of(e))
                .targets()
                .get(0)
                .positiveMap()[0];
        for (int t = 0; t < uniform.length; t++) {
            boolean on = t >= 1 && t <= 3;
            assertEquals(on ? 1 / 3.0 : 0, uniform[t], 1e-6);
            assertEquals(on ? 1 : 0, binary[t]);
        }
    }

    @Test
    void captionsArePaddedToAMultipleThatTheEncoderTakes() {
        TrainingExample e = example("a a a", 0, 5); // 5 tokens with <s> and </s>
        for (int[] c : new int[][] {{1, 512, 5}, {4, 512, 8}, {5, 512, 5}, {8, 7, 7}}) {
            PreparedBatch batch = new BatchMaker(TOKENIZER, c[1], PositiveMap.Kind.UNIFORM, c[0]).make(List.of(e));
            assertEquals(c[2], batch.tokens().length());
            assertArrayEquals(
                    new BatchMaker(TOKENIZER, 512)
                            .make(List.of(e))
                            .targets()
                            .get(0)
                            .positiveMap()[0],
                    batch.targets().get(0).positiveMap()[0]);
        }
        assertThrows(IllegalArgumentException.class, () -> new BatchMaker(TOKENIZER, 512, PositiveMap.Kind.UNIFORM, 0));
    }

    @Test
    void wordsBeyondTheLastPositionAreWarnedOfOnce() throws IOException {
        String log = Logged.by(() -> {
            BatchMaker maker = new BatchMaker(TOKENIZER, 512);
            maker.make(List.of(example(LONG, 508, 509)));
            maker.make(List.of(example(LONG, 508, 509)));
            maker.make(List.of(example(LONG, 0, 509)));
        });
        List<String> lines = log.lines().filter(l -> l.contains("WARN")).toList();
        assertEquals(2, lines.size(), lines.toString());
        String caption = "caption \"a a a a a a a a a a a a a a a a a a a a …\"";
        assertTrue(lines.get(0).contains("e1: span [508, 509) of " + caption), lines.get(0));
        assertTrue(lines.get(1).contains("e1: span [0, 509) of " + caption), lines.get(1));
    }

    @Test
    void aCaptionThatIsNoTextIsNamed() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new BatchMaker(TOKENIZER, 512).make(List.of(example("a \ud800 b", 0, 1))))
                .getMessage();
        assertTrue(message.startsWith("example e1: caption: text has an unpaired surrogate"), message);
    }

    @Test
    void aCaptionThatIsTooLongIsNamed() {
        assertEquals(
                "example e1: caption of 302 tokens, the text encoder takes at most 256; shorten it or leave"
                        + " the example out",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new BatchMaker(TOKENIZER, 256).make(List.of(example(LONG, 0, 1))))
                        .getMessage());
    }
}
