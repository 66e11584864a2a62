package io.github.mdetr.nn.pipeline;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How to load a model: where its vocabulary is, which weights to take, and what the checkpoint does not tell. */
public final class LoadOptions {
    private final @Nullable Path vocabulary;
    private final boolean ema;
    private final Map<String, Object> stated;

    private LoadOptions(Builder b) {
        vocabulary = b.vocabulary;
        ema = b.ema;
        stated = Map.copyOf(b.stated);
    }

    /** The vocabulary beside the weights, the weights themselves, and what the checkpoint tells. */
    public static LoadOptions defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Folder with {@code vocab.json} and {@code merges.txt} or a {@code tokenizer.json}; null: beside the weights. */
    public @Nullable Path vocabulary() {
        return vocabulary;
    }

    /** Whether to take the moving average of the weights. */
    public boolean ema() {
        return ema;
    }

    /** Arguments by their published names that go before those of the checkpoint. */
    public Map<String, Object> stated() {
        return stated;
    }

    /** Collects options. */
    public static final class Builder {
        private @Nullable Path vocabulary;
        private boolean ema;
        private final Map<String, Object> stated = new LinkedHashMap<>();

        private Builder() {}

        /** Folder or file of the vocabulary. */
        public Builder vocabulary(Path value) {
            vocabulary = value;
            return this;
        }

        /** Whether to take {@code model_ema} of a training checkpoint. */
        public Builder ema(boolean value) {
            ema = value;
            return this;
        }

        /** Tells what shapes cannot: {@code nheads}, {@code dilation}, {@code text_encoder_type}, … as in training. */
        public Builder state(String argument, Object value) {
            stated.put(argument, value);
            return this;
        }

        /** The options. */
        public LoadOptions build() {
            return new LoadOptions(this);
        }
    }
}
