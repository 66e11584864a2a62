package io.github.mdetr.nn.loss;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.matching.Match;
import java.util.List;
import java.util.OptionalDouble;

/** What a criterion says of a batch. Owns its tensors. */
public final class Losses implements AutoCloseable {
    private final Tensor total;
    private final List<LossTerm> terms;
    private final List<Tensor> tensors;
    private final List<Match> matches;
    private final List<List<Match>> auxiliaryMatches;

    Losses(
            Tensor total,
            List<LossTerm> terms,
            List<Tensor> tensors,
            List<Match> matches,
            List<List<Match>> auxiliaryMatches) {
        this.total = total;
        this.terms = List.copyOf(terms);
        this.tensors = List.copyOf(tensors);
        this.matches = List.copyOf(matches);
        this.auxiliaryMatches = List.copyOf(auxiliaryMatches);
    }

    /** The weighted sum, without axes; what {@link io.github.mdetr.core.autograd.Tape#backward} takes. */
    public Tensor total() {
        return total;
    }

    /** Its parts as numbers, of the last decoder layer and then of those before it. */
    public List<LossTerm> terms() {
        return terms;
    }

    /** The matches of the last decoder layer, for each image. */
    public List<Match> matches() {
        return matches;
    }

    /** The matches of the layers before it, first to last; empty without auxiliary losses. */
    public List<List<Match>> auxiliaryMatches() {
        return auxiliaryMatches;
    }

    /** The value of the term of that name, unweighted; empty when there is none. */
    public OptionalDouble value(String name) {
        return terms.stream()
                .filter(t -> t.name().equals(name))
                .mapToDouble(LossTerm::value)
                .findFirst();
    }

    /**
     * The term of that name as a tensor, unweighted and recorded for gradients, for who adds them up in another way.
     *
     * @throws IllegalArgumentException when there is none, naming those that are
     */
    public Tensor tensor(String name) {
        for (int i = 0; i < terms.size(); i++) {
            if (terms.get(i).name().equals(name)) {
                return tensors.get(i);
            }
        }
        throw new IllegalArgumentException("losses: no \"" + name + "\" among "
                + terms.stream().map(LossTerm::name).toList());
    }

    List<Tensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        total.close();
        tensors.forEach(Tensor::close);
    }
}
