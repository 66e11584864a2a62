package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.TinyCheckpoint;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.parity.ParityCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of images that a checkpoint states. */
class EvaluationResizeTest {
    private static final String NAME = "eval_resize";
    private static final RgbImage IMAGE = TinyMdetr.image(96, 64, 3);

    @TempDir
    Path folder;

    private Path stating(Object value) throws IOException {
        ParityCase parity = GoldenCases.tiny("tiny");
        Map<String, Object> args = ConfigArguments.of(parity.config());
        args.put(NAME, value);
        Path file = folder.resolve("stating.safetensors");
        TinyCheckpoint.write(parity.weights(), parity.weights().shapes(), args, file);
        return file;
    }

    @ParameterizedTest
    @CsvSource({"native,640,480", "480,640,480", "600,800,600", "600/700,700,525", "800/1333,1066,800"})
    void aValueIsASize(String value, int width, int height) {
        assertEquals(
                new ImageSize(width, height),
                EvaluationResize.of(Map.of(NAME, value)).apply(new ImageSize(640, 480)));
    }

    @Test
    void withoutOneItIsThePublishedSize() {
        assertEquals(new ImageSize(1066, 800), EvaluationResize.of(Map.of()).apply(new ImageSize(640, 480)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Native", "0", "-1", "800/400", "800/", "1e3", "9999999", "{}"})
    void anotherValueIsRefusedNamingTheFile(String value) throws IOException {
        TinyMdetr.assertRefused(
                IllegalArgumentException.class,
                stating(value)
                        + ": eval_resize: expected native, a shorter side as in 480, or both sides as in 800/1333,"
                        + " got '" + value + "'",
                () -> Mdetr.load(folder.resolve("stating.safetensors"), TinyMdetr.VOCABULARY));
    }

    @Test
    void itIsWhatDetectDoesUnlessAskedForAnother() throws IOException {
        Path file = stating("native");
        DetectOptions all = DetectOptions.defaults().withThreshold(0);
        GoldenCases.on("reference", () -> {
            try (Mdetr mdetr = Mdetr.load(file, TinyMdetr.VOCABULARY)) {
                DetectResult own = mdetr.detect(IMAGE, "a red ball", all);
                assertEquals(mdetr.detect(IMAGE, "a red ball", all.withResize(ResizePolicy.nativeSize())), own);
                assertNotEquals(mdetr.detect(IMAGE, "a red ball", all.withResize(ResizePolicy.shortestSide(48))), own);
                assertEquals(
                        mdetr.detectEach(IMAGE, List.of("ball"), all.withResize(ResizePolicy.nativeSize())),
                        mdetr.detectEach(IMAGE, List.of("ball"), all));
            }
        });
    }

    @Test
    void anOptionGoesBeforeTheFiles() throws IOException {
        LoadOptions options = LoadOptions.builder()
                .vocabulary(GoldenCases.resource("/vocab-tiny"))
                .argument(NAME, 48)
                .build();
        Path file = stating("native");
        GoldenCases.on("reference", () -> {
            try (Mdetr mdetr = Mdetr.load(file, options)) {
                assertEquals(new ImageSize(64, 48), mdetr.evaluationResize().apply(new ImageSize(128, 96)));
            }
        });
    }
}
