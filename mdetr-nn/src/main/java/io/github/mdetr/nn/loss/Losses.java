package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.Match;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a criterion says of a batch. Owns its tensor.
 *
 * @param total the weighted sum, without axes; what {@link io.github.mdetr.core.autograd.Tape#backward} takes
 * @param terms its parts, of the last decoder layer and then of those before it
 * @param matches of the last decoder layer, for each image
 * @param auxiliaryMatches of the layers before it, first to last
 */
public record Losses(Tensor total, List<LossTerm> terms, List<Match> matches, List<List<Match>> auxiliaryMatches)
        implements AutoCloseable {
    /** Copies the lists. */
    public Losses {
        terms = List.copyOf(terms);
        matches = List.copyOf(matches);
        auxiliaryMatches = List.copyOf(auxiliaryMatches);
    }

    /** The value of the term of that name; empty when there is none. */
    public OptionalDouble value(String name) {
        return terms.stream()
                .filter(t -> t.name().equals(name))
                .mapToDouble(LossTerm::value)
                .findFirst();
    }

    @Override
    public void close() {
        total.close();
    }
}
