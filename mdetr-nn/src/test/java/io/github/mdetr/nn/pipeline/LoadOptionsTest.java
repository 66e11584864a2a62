package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.mdetr.ConfigReader;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrModel;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.text.RobertaConfig;
import io.github.mdetr.tokenizer.AddedToken;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerOptions;
import io.github.mdetr.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file of bare weights leaves open is told by options. */
class LoadOptionsTest {
    private static final RobertaTokenizer TOKENIZER = RobertaTokenizer.load(GoldenCases.resource("/vocab-tiny"));
    private static final String OTHER_SIZE =
            "tokenizer has 259 tokens, the model's text encoder 1024; give the vocabulary it was trained with";

    @TempDir
    Path folder;

    /** The alphabet of bytes and what every RoBERTa has. */
    private static RobertaTokenizer bytesAlone() {
        Vocabulary.Builder builder = Vocabulary.builder("in memory");
        Vocabulary all = TOKENIZER.vocabulary();
        int id = 0;
        for (int i = 0; i < all.size(); i++) {
            if (all.token(i).length() == 1) {
                builder.token(all.token(i), id++);
            }
        }
        for (String special : new String[] {"<s>", "<pad>", "</s>"}) {
            builder.addedToken(AddedToken.special(special, id++));
        }
        return RobertaTokenizer.of(builder.build(), TokenizerOptions.DEFAULT);
    }

    @Test
    void bareWeightsLoadByTypedOptionsAndAReadyTokenizer() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Path file = folder.resolve("bare.safetensors");
        TinyCheckpoint.write(parity.weights(), parity.weights().shapes(), null, file);
        LoadOptions options = LoadOptions.builder()
                .heads(4)
                .textEncoder(parity.config().textEncoder())
                .tokenizer(TOKENIZER)
                .build();
        GoldenCases.on("reference", () -> {
            try (Mdetr mdetr = Mdetr.load(file, options)) {
                assertEquals(parity.config(), mdetr.config());
                assertSame(TOKENIZER, mdetr.tokenizer());
            }
        });
    }

    @Test
    void dilationIsToldToo() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny-dc5-learned");
        MdetrConfig expected = parity.config();
        for (boolean dilation : new boolean[] {true, false}) {
            LoadOptions options = LoadOptions.builder()
                    .heads(4)
                    .dilation(dilation)
                    .argument("text_encoder.num_attention_heads", 4)
                    .build();
            assertEquals(
                    expected.toBuilder().dilation(dilation).build(),
                    ConfigReader.read(
                            "bare", options.arguments(), parity.weights().shapes()));
        }
    }

    @Test
    void aTextEncoderOfOtherSizesIsRefused() throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        LoadOptions options =
                LoadOptions.builder().heads(4).textEncoder(RobertaConfig.base()).build();
        TinyMdetr.assertRefused(
                IllegalArgumentException.class,
                "text_encoder.hidden_size: stated as 768, but the weights have 48",
                () -> ConfigReader.read(
                        "bare", options.arguments(), parity.weights().shapes()));
    }

    @Test
    void aTokenizerOfAnotherSizeIsRefused() throws IOException {
        TinyMdetr tiny = TinyMdetr.in(folder);
        LoadOptions options = LoadOptions.builder().tokenizer(bytesAlone()).build();
        ParityCase parity = GoldenCases.tiny("tiny");
        GoldenCases.on("reference", () -> {
            TinyMdetr.assertRefused(IllegalArgumentException.class, OTHER_SIZE, () -> Mdetr.load(tiny.file(), options));
            try (MdetrModel model = MdetrModel.load(parity.config(), parity.weights(), Mode.INFERENCE)) {
                TinyMdetr.assertRefused(
                        IllegalArgumentException.class, OTHER_SIZE, () -> Mdetr.of(model, bytesAlone()));
            }
        });
    }

    @Test
    void aVocabularyAndATokenizerAreOneTooMany() {
        TinyMdetr.assertRefused(
                IllegalArgumentException.class,
                "expected a vocabulary or a tokenizer, got both",
                () -> LoadOptions.builder()
                        .vocabulary(folder)
                        .tokenizer(TOKENIZER)
                        .build());
    }
}
