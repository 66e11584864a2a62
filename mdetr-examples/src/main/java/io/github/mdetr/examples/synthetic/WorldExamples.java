package io.github.mdetr.examples.synthetic;

import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.caption.Captioner;
import io.github.mdetr.examples.synthetic.caption.Mention;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleCaption;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.training.ExampleSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Scenes of a world to train on, each seen once: first mostly words for attributes and captions that name every object, then
 * more and more expressions that ask for one.
 */
public final class WorldExamples implements ExampleSource {
    private static final long CHOICES = 0x747261696e696e67L;

    /**
     * The part of the curriculum with nothing but lists of words in order: before materials and shapes are told apart by sight,
     * words that have to be read teach them no more.
     */
    private static final double SEEING = 0.3;

    /** The share of lists of words from then on, at first and at last. */
    private static final double[] WORDS = {1, 0.2};

    /** Of these lists, the share of those in order. */
    private static final double[] ORDERED = {1, 0.5};

    /** Of the rest, the share of packed captions. */
    private static final double[] PACKED = {1, 0.25};

    /** Of the expressions, the share that nothing fits: a caption without an object, so that what is absent is not found. */
    private static final double ABSENT = 0.1;

    /** Of the others, how often each kind is asked for. */
    private static final List<CaptionKind> KINDS = List.of(
            CaptionKind.ATTRIBUTES,
            CaptionKind.ATTRIBUTES,
            CaptionKind.ATTRIBUTES,
            CaptionKind.RELATION,
            CaptionKind.RELATION,
            CaptionKind.CHAIN,
            CaptionKind.BOTH,
            CaptionKind.SAME,
            CaptionKind.SAME,
            CaptionKind.SAME);

    /**
     * One scene in twenty has an expression with two relations. So, of the scenes that are read about, such a share is the
     * first of a row of scenes that has one.
     */
    private static final double SOUGHT = 0.25;

    /** The length of that row. */
    private static final int ROW = 24;

    private final World world;
    private final long seed;
    private final int scenes;
    private final int captions;
    private final long curriculum;

    /**
     * Batches of so many scenes.
     *
     * @param seed the world's
     * @param captions of a scene, which share its way through the backbone
     * @param curriculum batches until expressions have their full share
     */
    public WorldExamples(World world, long seed, int scenes, int captions, long curriculum) {
        this.world = world;
        this.seed = seed;
        this.scenes = scenes;
        this.captions = captions;
        this.curriculum = curriculum;
    }

    @Override
    public List<TrainingExample> examples(long step) {
        List<TrainingExample> out = new ArrayList<>();
        double passed = Math.min(1, step / (double) curriculum);
        for (int i = 0; i < scenes; i++) {
            out.add(example((step * scenes + i) * ROW, passed));
        }
        return out;
    }

    /** A scene of the row that begins there, with its captions. */
    private TrainingExample example(long first, double passed) {
        Draws draws = Draws.of(seed ^ CHOICES, first);
        Caption rare = null;
        long index = first;
        if (passed > SEEING && draws.chance(SOUGHT)) {
            for (int k = 0; k < ROW && rare == null; k++) {
                index = first + k;
                rare = new Captioner(world.unrendered(index), draws).caption(CaptionKind.BOTH);
            }
        }
        RenderedScene scene = world.scene(index);
        Captioner captioner = new Captioner(scene.scene(), draws);
        List<ExampleCaption> said = new ArrayList<>();
        if (rare != null) {
            said.add(caption(scene, rare));
        }
        while (said.size() < captions) {
            said.add(caption(scene, pick(captioner, draws, passed)));
        }
        return new TrainingExample("scene " + index, scene.image(), said);
    }

    /** A caption for when so much of the curriculum, from 0 to 1, has passed. */
    private static Caption pick(Captioner captioner, Draws draws, double passed) {
        double reading = Math.max(0, (passed - SEEING) / (1 - SEEING));
        if (draws.chance(between(WORDS, reading))) {
            return captioner.words(draws.chance(between(ORDERED, reading)));
        }
        if (!draws.chance(between(PACKED, reading))) {
            Caption absent = draws.chance(ABSENT) ? captioner.absent() : null;
            if (absent != null) {
                return absent;
            }
            for (int attempt = 0; attempt < KINDS.size(); attempt++) {
                Caption c = captioner.caption(draws.pick(KINDS));
                if (c != null) {
                    return c;
                }
            }
        }
        return Objects.requireNonNull(captioner.caption(CaptionKind.PACKED));
    }

    private static double between(double[] ends, double passed) {
        return ends[0] + (ends[1] - ends[0]) * passed;
    }

    /** A caption with the boxes of what it names. */
    public static ExampleCaption caption(RenderedScene scene, Caption caption) {
        Map<Integer, List<CodePointSpan>> spans = new TreeMap<>();
        for (Mention m : caption.mentions()) {
            for (int object : m.objects()) {
                spans.computeIfAbsent(object, o -> new ArrayList<>()).addAll(m.spans());
            }
        }
        List<Integer> targets = caption.targets();
        boolean asks = caption.kind() != CaptionKind.PACKED;
        List<ExampleObject> objects = new ArrayList<>();
        spans.forEach((object, words) -> objects.add(new ExampleObject(
                scene.scene().objects().get(object).box(), words, asks ? isFinal(targets, object) : null)));
        return new ExampleCaption(caption.text(), objects);
    }

    private static @Nullable Boolean isFinal(List<Integer> targets, int object) {
        return targets.contains(object);
    }
}
