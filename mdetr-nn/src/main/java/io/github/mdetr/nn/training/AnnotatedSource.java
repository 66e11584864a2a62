package io.github.mdetr.nn.training;

import io.github.mdetr.nn.augmentation.Augmentation;
import io.github.mdetr.nn.data.AnnotatedExamples;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.image.ImageReadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Batches of annotated images, of several data sets as if they were one, changed at random as the batch's number says. An image
 * that cannot be read ends the training, or the next of the data takes its place.
 */
public final class AnnotatedSource implements ExampleSource {
    private final List<AnnotatedExamples> sets;
    private final EpochSampler sampler;
    private final Augmentation augmentation;
    private final long seed;
    private final @Nullable SkippedImages skipped;

    /**
     * Over these sets; an image that cannot be read is an error.
     *
     * @param sampler over as many examples as they have together, those of the first set first
     * @param seed what the changes are drawn from
     */
    public AnnotatedSource(List<AnnotatedExamples> sets, EpochSampler sampler, Augmentation augmentation, long seed) {
        this(sets, sampler, augmentation, seed, null);
    }

    /**
     * Over these sets.
     *
     * @param sampler over as many examples as they have together, those of the first set first
     * @param seed what the changes are drawn from
     * @param skipped takes the images that cannot be read; where it is null they are errors
     */
    public AnnotatedSource(
            List<AnnotatedExamples> sets,
            EpochSampler sampler,
            Augmentation augmentation,
            long seed,
            @Nullable SkippedImages skipped) {
        this.skipped = skipped;
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
            out.add(augmentation.apply(readFrom(index), random));
        }
        return out;
    }

    /** The first from there on that can be read: a function of the data alone, so that a run that goes on reads the same. */
    private TrainingExample readFrom(int index) throws IOException {
        if (skipped == null) {
            return read(index);
        }
        int all = sets.stream().mapToInt(AnnotatedExamples::count).sum();
        for (int tried = 0; tried < all; tried++) {
            int at = (index + tried) % all;
            Path image = file(at);
            if (!skipped.contains(image)) {
                try {
                    return read(at);
                } catch (ImageReadException e) {
                    skipped.add(image, e);
                }
            }
        }
        throw new IOException("none of the " + all + " images can be read");
    }

    private TrainingExample read(int index) throws IOException {
        return at(index, AnnotatedExamples::read);
    }

    private Path file(int index) throws IOException {
        return at(index, AnnotatedExamples::file);
    }

    private interface OfSet<T> {
        T get(AnnotatedExamples set, int index) throws IOException;
    }

    private <T> T at(int index, OfSet<T> part) throws IOException {
        int at = index;
        for (AnnotatedExamples set : sets) {
            if (at < set.count()) {
                return part.get(set, at);
            }
            at -= set.count();
        }
        throw new IllegalStateException("the sampler gave example " + index + " of " + (index - at));
    }
}
