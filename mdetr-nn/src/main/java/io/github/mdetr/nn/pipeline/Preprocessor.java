package io.github.mdetr.nn.pipeline;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImageBatch;
import io.github.mdetr.nn.image.Normalization;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.text.TokenBatch;
import io.github.mdetr.tokenizer.BatchEncoding;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.util.List;
import java.util.stream.IntStream;

/** From images and captions to what a model takes. */
final class Preprocessor {
    private final Device device;
    private final RobertaTokenizer tokenizer;
    private final int maxTokens;
    private final int longestToken;
    private final Normalization normalization = Normalization.imageNet();

    /** For a model on {@code device} whose text encoder takes {@code maxTokens}. */
    Preprocessor(Device device, RobertaTokenizer tokenizer, int maxTokens) {
        this.device = device;
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
        this.longestToken = IntStream.range(0, tokenizer.vocabSize())
                .map(id -> tokenizer.idToToken(id).length())
                .max()
                .orElse(1);
    }

    /** The requests' captions as tokens; those that the text encoder cannot take are refused, called {@code kind}. */
    BatchEncoding encode(List<DetectRequest> requests, String kind) {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("detect: expected at least one " + kind + ", got none");
        }
        List<String> captions = requests.stream().map(DetectRequest::caption).toList();
        for (int i = 0; i < captions.size(); i++) {
            checkChars(kind + " " + i, captions.get(i));
        }
        BatchEncoding text = tokenizer.encodeBatch(captions);
        for (int i = 0; i < captions.size(); i++) {
            checkTokens(kind + " " + i, text.get(i));
        }
        return text;
    }

    /** Refuses what would be too long in any words, before megabytes are made tokens. */
    private void checkChars(String name, String caption) {
        if (caption.length() > (long) maxTokens * longestToken) {
            throw new IllegalArgumentException(name + ": " + caption.length()
                    + " chars, the text encoder takes at most " + maxTokens + " tokens of at most " + longestToken
                    + " chars; shorten it");
        }
    }

    private void checkTokens(String name, Encoding e) {
        if (e.length() > maxTokens) {
            throw new IllegalArgumentException(
                    name + ": " + e.length() + " tokens, the text encoder takes at most " + maxTokens + "; shorten it");
        }
    }

    /** The requests with their captions as tokens. */
    MdetrInput input(List<DetectRequest> requests, BatchEncoding text, ResizePolicy resize) {
        ImageBatch batch = ImageBatch.resized(images(requests), resize);
        return new MdetrInput(pixels(batch), batch.padding(), new TokenBatch(text.ids(), text.attentionMask()));
    }

    /** The images of requests, one where all have the same. */
    static List<RgbImage> images(List<DetectRequest> requests) {
        List<RgbImage> images = requests.stream().map(DetectRequest::image).toList();
        RgbImage first = images.get(0);
        return images.stream().allMatch(first::equals) ? List.of(first) : images;
    }

    /** The normalized pixels [B, H, W, 3]; the caller's to close. */
    Tensor pixels(ImageBatch batch) {
        try (Scope scope = Scope.open()) {
            Tensor pixels =
                    Tensor.empty(device, DType.FLOAT32, Shape.of(batch.count(), batch.height(), batch.width(), 3));
            pixels.write((from, block) -> batch.read(normalization, from, block));
            return scope.keep(pixels);
        }
    }
}
