package io.github.mdetr.nn.training;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.matching.Target;
import io.github.mdetr.nn.text.PositiveMap;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.tokenizer.BatchEncoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes batches of examples: tokens, positive maps and boxes as the model has them. For several threads. */
public final class BatchMaker {
    private static final Logger LOG = LoggerFactory.getLogger(BatchMaker.class);
    private static final int WARNINGS = 100;

    private final RobertaTokenizer tokenizer;
    private final int maxTokens;
    private final PositiveMap.Kind kind;
    private final int multiple;
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /** With the model's tokenizer, for a text encoder that takes {@code maxTokens}; phrases count evenly. */
    public BatchMaker(RobertaTokenizer tokenizer, int maxTokens) {
        this(tokenizer, maxTokens, PositiveMap.Kind.UNIFORM);
    }

    /** With one or the other positive map. */
    public BatchMaker(RobertaTokenizer tokenizer, int maxTokens, PositiveMap.Kind kind) {
        this(tokenizer, maxTokens, kind, 1);
    }

    /**
     * With captions padded to a multiple of tokens. Where images are all of one size too, batches then have few shapes, and
     * kernels prepared for one serve the next.
     *
     * @throws IllegalArgumentException if {@code padToMultipleOf} is below 1
     */
    public BatchMaker(RobertaTokenizer tokenizer, int maxTokens, PositiveMap.Kind kind, int padToMultipleOf) {
        if (padToMultipleOf < 1) {
            throw new IllegalArgumentException("padToMultipleOf: expected 1 or more, got " + padToMultipleOf);
        }
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.kind = kind;
        this.multiple = padToMultipleOf;
    }

    /**
     * A batch.
     *
     * @throws IllegalArgumentException naming the example that the model cannot take
     */
    public PreparedBatch make(List<TrainingExample> examples) {
        List<ExampleCaption> captions =
                examples.stream().flatMap(e -> e.captions().stream()).toList();
        checkCounts(examples);
        BatchEncoding text = encode(examples, captions);
        List<Target> targets = new ArrayList<>();
        for (TrainingExample e : examples) {
            for (ExampleCaption caption : e.captions()) {
                int index = targets.size();
                if (text.get(index).length() > maxTokens) {
                    throw new IllegalArgumentException("example " + e.id() + ": caption of "
                            + text.get(index).length() + " tokens, the text encoder takes at most " + maxTokens
                            + "; shorten it or leave the example out");
                }
                targets.add(target(e, caption, text.get(index).codePointOffsets()));
            }
        }
        return new PreparedBatch(
                ImageBatch.of(examples.stream().map(TrainingExample::image).toList()),
                tokens(text),
                targets,
                examples.stream().map(TrainingExample::id).toList());
    }

    private TokenBatch tokens(BatchEncoding text) {
        int round = (text.length() + multiple - 1) / multiple * multiple;
        BatchEncoding padded = text.paddedTo(Math.min(round, maxTokens));
        return new TokenBatch(padded.ids(), padded.attentionMask());
    }

    private BatchEncoding encode(List<TrainingExample> examples, List<ExampleCaption> captions) {
        try {
            return tokenizer.encodeBatch(
                    captions.stream().map(ExampleCaption::text).toList());
        } catch (TokenizerException e) {
            for (TrainingExample example : examples) {
                example.captions().forEach(c -> checkCaption(example, c));
            }
            throw e;
        }
    }

    private void checkCaption(TrainingExample example, ExampleCaption caption) {
        try {
            tokenizer.encode(caption.text());
        } catch (TokenizerException e) {
            throw new IllegalArgumentException("example " + example.id() + ": caption: " + e.getMessage(), e);
        }
    }

    private static void checkCounts(List<TrainingExample> examples) {
        for (TrainingExample e : examples) {
            int first = examples.get(0).captions().size();
            if (e.captions().size() != first) {
                throw new IllegalArgumentException(
                        "example " + e.id() + ": " + e.captions().size() + " captions, others of the batch have "
                                + first + "; give each image as many");
            }
        }
    }

    private Target target(TrainingExample example, ExampleCaption caption, int[][] offsets) {
        List<ExampleObject> objects = caption.objects();
        float[][] boxes = new float[objects.size()][];
        int[][][] spans = new int[objects.size()][][];
        for (int i = 0; i < boxes.length; i++) {
            boxes[i] = cxcywh(objects.get(i).box(), example.image());
            spans[i] = objects.get(i).spans().stream().map(BatchMaker::ends).toArray(int[][]::new);
        }
        PositiveMap.clipped(offsets, spans).forEach(s -> warn(example.id() + ": " + s.warning(caption.text())));
        try {
            return new Target(boxes, PositiveMap.of(kind, offsets, spans), isFinal(objects));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("example " + example.id() + ": " + e.getMessage(), e);
        }
    }

    /** An example comes again in every epoch; it is told of once, and the first {@value #WARNINGS} are. */
    private void warn(String message) {
        if (warned.size() < WARNINGS && warned.add(message)) {
            LOG.warn(message);
        }
    }

    private static int[] ends(CodePointSpan span) {
        return new int[] {span.begin(), span.end()};
    }

    private static float[] cxcywh(PixelBox b, RgbImage image) {
        float w = image.width();
        float h = image.height();
        return new float[] {(b.x0() + b.x1()) / 2 / w, (b.y0() + b.y1()) / 2 / h, b.width() / w, b.height() / h};
    }

    private static boolean @Nullable [] isFinal(List<ExampleObject> objects) {
        boolean[] out = new boolean[objects.size()];
        for (int i = 0; i < out.length; i++) {
            Boolean said = objects.get(i).isFinal();
            if (said == null) {
                return null;
            }
            out[i] = said;
        }
        return out;
    }
}
