package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.pipeline.DetectOptions;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether a model is silent about what is not there: of each scene it is asked for an object by words that fit it, and by words of
 * which nothing has all, though any but one of them something has. Silent is no box with a score of one half.
 */
public final class AbsenceBenchmark {
    private static final int BATCH = 32;
    private static final double HALF = 0.5;

    /** The best box alone, of pictures as they are. */
    private static final DetectOptions BEST =
            DetectOptions.defaults().withThreshold(0).withTopK(1).withResize(ResizePolicy.nativeSize());

    /**
     * Two captions of one scene.
     *
     * @param scene what is seen
     * @param present fits one object
     * @param absent fits none
     */
    public record Item(RenderedScene scene, Caption present, Caption absent) {}

    /**
     * What a model does.
     *
     * @param found how often it answers what is there
     * @param silent how often it is silent about what is not
     * @param auroc how often, of a caption that fits and one that does not, the best box of the first has the higher score: the
     *     area under the receiver operating characteristic, 0.5 by chance
     */
    public record Result(Score found, Score silent, double auroc) {
        /** Of the best boxes' scores. */
        static Result of(double[] present, double[] absent) {
            return new Result(
                    new Score(atLeastHalf(present), present.length),
                    new Score(absent.length - atLeastHalf(absent), absent.length),
                    areaUnderRoc(present, absent));
        }
    }

    private final List<Item> items;

    private AbsenceBenchmark(List<Item> items) {
        this.items = items;
    }

    /**
     * So many of the world's first scenes that have both captions.
     *
     * @throws IllegalArgumentException when there are to be none
     */
    public static AbsenceBenchmark of(World world, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("absence: expected one scene or more, got " + count);
        }
        List<Item> items = new ArrayList<>();
        for (long index = 0; items.size() < count; index++) {
            Scene bare = world.unrendered(index);
            Captioner captioner = world.captioner(index, bare);
            Caption present = captioner.caption(CaptionKind.ATTRIBUTES);
            Caption absent = captioner.absent();
            if (present != null && absent != null) {
                items.add(new Item(world.scene(index), present, absent));
            }
        }
        return new AbsenceBenchmark(items);
    }

    /** The captions. */
    public List<Item> items() {
        return items;
    }

    /** What the model does with them. */
    public Result score(Mdetr mdetr) {
        double[] present = bestScores(
                mdetr, items.stream().map(i -> request(i, i.present())).toList());
        double[] absent = bestScores(
                mdetr, items.stream().map(i -> request(i, i.absent())).toList());
        return Result.of(present, absent);
    }

    private static DetectRequest request(Item item, Caption caption) {
        return DetectRequest.of(item.scene().image(), caption.text());
    }

    private static double[] bestScores(Mdetr mdetr, List<DetectRequest> requests) {
        double[] scores = new double[requests.size()];
        for (int from = 0; from < scores.length; from += BATCH) {
            List<DetectRequest> part = requests.subList(from, Math.min(scores.length, from + BATCH));
            List<DetectResult> results = mdetr.detect(part, BEST);
            for (int i = 0; i < part.size(); i++) {
                scores[from + i] = results.get(i).detections().get(0).score();
            }
        }
        return scores;
    }

    private static int atLeastHalf(double[] scores) {
        return (int) Arrays.stream(scores).filter(s -> s >= HALF).count();
    }

    /** The share of pairs in which the first is higher; equal ones count half (Mann and Whitney, 1947). */
    static double areaUnderRoc(double[] positives, double[] negatives) {
        double wins = 0;
        for (double p : positives) {
            for (double n : negatives) {
                wins += n < p ? 1 : n == p ? 0.5 : 0;
            }
        }
        return wins / positives.length / negatives.length;
    }
}
