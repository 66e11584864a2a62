package io.github.mdetr.nn.training;

import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.TrainingExample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Batches of annotated images, of several data sets as if they were one, changed at random as the batch's number says. */
public final class AnnotatedSource implements ExampleSource {
    private final List<AnnotatedExamples> sets;
    private final EpochSampler sampler;
    private final Augmentation augmentation;
    private final long seed;

    /**
     * Over these sets.
     *
     * @param sampler over as many examples as they have together, those of the first set first
     * @param seed what the changes are drawn from
     */
    public AnnotatedSource(List<AnnotatedExamples> sets, EpochSampler sampler, Augmentation augmentation, long seed) {
        this.sets = List.copyOf(sets);
        this.sampler = sampler;
        this.augmentation = augmentation;
        this.seed = seed;
    }

    @Override
    public List<TrainingExample> examples(long batch) throws IOException {
        SplittableRandom random = RandomStream.CHANGES.of(seed, batch);
        List<TrainingExample> out = new ArrayList<>();
        for (int index : sampler.indices(batch)) {
            out.add(augmentation.apply(read(index), random));
        }
        return out;
    }

    private TrainingExample read(int index) throws IOException {
        int at = index;
        for (AnnotatedExamples set : sets) {
            if (at < set.count()) {
                return set.read(at);
            }
            at -= set.count();
        }
        throw new IllegalStateException("the sampler gave example " + index + " of " + (index - at));
    }
}
