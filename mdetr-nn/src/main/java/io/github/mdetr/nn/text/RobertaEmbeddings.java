package io.github.mdetr.nn.text;

import static io.github.mdetr.nn.text.RobertaConfig.PADDING;

import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.layer.Dropout;
import io.github.mdetr.nn.layer.Embedding;
import io.github.mdetr.nn.layer.LayerNorm;

/** The first step of RoBERTa: norm(word + position + the one token type). */
final class RobertaEmbeddings {
    private final Embedding words;
    private final Embedding positions;
    private final Embedding types;
    private final LayerNorm norm;
    private final float rate;

    RobertaEmbeddings(Parameters.Path path, RobertaConfig config) {
        Init init = Init.normal(0.02);
        int width = config.hiddenSize();
        words = new Embedding(path.child("word_embeddings"), config.vocabularySize(), width, init, PADDING);
        positions = new Embedding(path.child("position_embeddings"), config.maxPositions(), width, init, PADDING);
        types = new Embedding(path.child("token_type_embeddings"), 1, width, init);
        norm = new LayerNorm(path.child("LayerNorm"), width, config.layerNormEps());
        rate = config.dropout();
    }

    /** Features [B, T, H]. */
    Tensor forward(TokenBatch tokens, Dropout dropout) {
        check(tokens);
        try (Scope scope = Scope.open()) {
            Tensor word = words.forward(tokens.idTensor());
            Tensor place = Elementwise.add(positions.forward(tokens.positionTensor()), types.table());
            return scope.keep(dropout.apply(norm.forward(word, place), rate));
        }
    }

    private void check(TokenBatch tokens) {
        int most = positions.rows() - PADDING - 1;
        for (int b = 0; b < tokens.count(); b++) {
            int count = 0;
            for (int t = 0; t < tokens.length(); t++) {
                int id = tokens.id(b, t);
                if (id < 0 || id >= words.rows()) {
                    throw new IllegalArgumentException("text " + b + ": token id " + id + " at position " + t
                            + " is outside the encoder's vocabulary of " + words.rows()
                            + "; is the tokenizer's vocabulary the model's?");
                }
                count += id == PADDING ? 0 : 1;
            }
            if (count > most) {
                throw new IllegalArgumentException("text " + b + ": " + count + " tokens, the text encoder has"
                        + " positions for " + most + "; shorten the text");
            }
        }
    }
}
