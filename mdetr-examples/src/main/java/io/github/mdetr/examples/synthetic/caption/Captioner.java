package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Scene;
import org.jspecify.annotations.Nullable;

/** Writes captions of one scene; the draws decide which, so the same draws give the same texts. */
public final class Captioner {
    /** How often a word gives way to another for the same, unless said otherwise. */
    public static final double SYNONYMS = 0.2;

    private final Reading reading;
    private final Draws draws;
    private final Wording wording;
    private final ExpressionFinder finder;
    private final Questions questions;

    /** Captions of that scene, with some synonyms. */
    public Captioner(Scene scene, Draws draws) {
        this(scene, draws, SYNONYMS);
    }

    /**
     * Captions of that scene.
     *
     * @param synonyms how often a word gives way to another for the same, from 0 to 1
     * @throws IllegalArgumentException if that is out of its range
     */
    public Captioner(Scene scene, Draws draws, double synonyms) {
        if (!(synonyms >= 0 && synonyms <= 1)) {
            throw new IllegalArgumentException("synonyms: expected a share from 0 to 1, got " + synonyms);
        }
        this.reading = new Reading(scene);
        this.draws = draws;
        this.wording = new Wording(draws, synonyms);
        this.finder = new ExpressionFinder(reading, draws);
        this.questions = new Questions(reading, finder, wording, draws);
    }

    /** A caption of that kind; null when there is none about this scene, as where no object needs two words. */
    public @Nullable Caption caption(CaptionKind kind) {
        return switch (kind.group()) {
            case CAPTION -> PackedCaptions.write(reading, wording, draws);
            case QUESTION -> questions.ask(kind);
            case EXPRESSION -> expression(kind);
        };
    }

    /**
     * Words for attributes, each naming the objects that have it, such as to begin to learn with.
     *
     * @param inOrder every word, always in the same order; else those that fit and some that do not, in any
     */
    public Caption words(boolean inOrder) {
        return inOrder ? WordLists.inOrder(reading) : WordLists.shuffled(reading, wording, draws);
    }

    /**
     * What nothing fits, though it lacks one word of fitting something, such as "the pink elephant" where there are a grey one and
     * a pink car; null when there is no such thing. Its mention has no objects.
     */
    public @Nullable Caption absent() {
        Description d = finder.absent();
        return d == null ? null : expression(d, CaptionKind.ATTRIBUTES);
    }

    private @Nullable Caption expression(CaptionKind kind) {
        Description d = finder.find(kind);
        return d == null ? null : expression(d, kind);
    }

    private Caption expression(Description d, CaptionKind kind) {
        CaptionText text = new CaptionText();
        wording.definite(text, d, Role.TARGET, reading);
        return text.done(kind, null);
    }
}
