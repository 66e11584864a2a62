package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to load a model: where its vocabulary is, which weights to take, and what the checkpoint does not tell.
 *
 * <pre>{@code
 * LoadOptions.builder()
 *     .vocabulary(Path.of("roberta-base"))
 *     .heads(8).dilation(false).textEncoder(RobertaConfig.base()) // for a file of bare weights
 *     .build();
 * }</pre>
 */
public final class LoadOptions {
    private final @Nullable Path vocabulary;
    private final @Nullable RobertaTokenizer tokenizer;
    private final boolean ema;
    private final boolean verify;
    private final Precision precision;
    private final InputLimits limits;
    private final Map<String, Object> arguments;

    private LoadOptions(Builder b) {
        vocabulary = b.vocabulary;
        tokenizer = b.tokenizer;
        ema = b.ema;
        verify = b.verify;
        precision = b.precision;
        limits = b.limits;
        arguments = Map.copyOf(b.arguments);
    }

    /** The vocabulary next to the weights, the weights themselves, and what the checkpoint tells. */
    public static LoadOptions defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Folder with {@code vocab.json} and {@code merges.txt} or a {@code tokenizer.json}; null: next to the weights. */
    public @Nullable Path vocabulary() {
        return vocabulary;
    }

    /** The tokenizer to use; null: the one of the vocabulary. */
    public @Nullable RobertaTokenizer tokenizer() {
        return tokenizer;
    }

    /** Whether to take the moving average of the weights. */
    public boolean ema() {
        return ema;
    }

    /** Whether weights are compared with the file's checksums. */
    public boolean verify() {
        return verify;
    }

    /** What products and convolutions compute in. */
    public Precision precision() {
        return precision;
    }

    /** How much may go into the model at once. */
    public InputLimits limits() {
        return limits;
    }

    /** Arguments of the model's training, by their published names, that go before those of the checkpoint. */
    public Map<String, Object> arguments() {
        return arguments;
    }

    /** Collects options; {@link #build} checks them. */
    public static final class Builder {
        private @Nullable Path vocabulary;
        private @Nullable RobertaTokenizer tokenizer;
        private boolean ema;
        private boolean verify = true;
        private Precision precision = Precision.FLOAT32;
        private InputLimits limits = InputLimits.defaults();
        private final Map<String, Object> arguments = new LinkedHashMap<>();

        private Builder() {}

        /** Folder or file of the vocabulary. */
        public Builder vocabulary(Path value) {
            vocabulary = value;
            return this;
        }

        /** A tokenizer that is loaded already, such as one that several models share. */
        public Builder tokenizer(RobertaTokenizer value) {
            tokenizer = value;
            return this;
        }

        /** Whether to take {@code model_ema} of a training checkpoint. */
        public Builder ema(boolean value) {
            ema = value;
            return this;
        }

        /**
         * Whether weights are compared with the checksums of their file while they are read, as they are unless this says
         * otherwise; a file without checksums is read as it is.
         */
        public Builder verify(boolean value) {
            verify = value;
            return this;
        }

        /** What products and convolutions compute in: bfloat16 is faster and takes half the memory, where it can be. */
        public Builder precision(Precision value) {
            precision = value;
            return this;
        }

        /** How much may go into the model at once. */
        public Builder limits(InputLimits value) {
            limits = value;
            return this;
        }

        /** Attention heads of encoder and decoder, which shapes cannot tell; 8 in the published models. */
        public Builder heads(int value) {
            return argument("nheads", value);
        }

        /** Whether the backbone is dilated (DC5), which shapes cannot tell; not in the published models. */
        public Builder dilation(boolean value) {
            return argument("dilation", value);
        }

        /**
         * The text encoder, whose attention heads shapes cannot tell: {@link RobertaConfig#base} in the published models,
         * {@link RobertaConfig#distil} in those for CLEVR.
         */
        public Builder textEncoder(RobertaConfig value) {
            return argument("text_encoder", ConfigArguments.of(value));
        }

        /**
         * An argument of the model's training by its published name, as
         * {@link io.github.mdetr.nn.mdetr.ConfigReader} lists them: a number, a boolean or a text. It goes before the
         * checkpoint's own.
         */
        public Builder argument(String name, Object value) {
            arguments.put(name, value);
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException when both a vocabulary and a tokenizer are given
         */
        public LoadOptions build() {
            if (vocabulary != null && tokenizer != null) {
                throw new IllegalArgumentException(
                        "load options: expected a vocabulary or a tokenizer, got both; leave one out");
            }
            return new LoadOptions(this);
        }
    }
}
