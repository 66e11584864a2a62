package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import io.github.mdetr.nn.mdetr.ImageFeatures;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.MdetrInput;
import io.github.mdetr.nn.mdetr.MemoryEstimate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is let into a model, told before anything is computed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InputLimitsTest {
    private static final RgbImage IMAGE = TinyMdetr.image(100, 70, 1); // 4×3 tokens

    @TempDir
    static Path folder;

    private TinyMdetr tiny;

    @BeforeAll
    void write() throws IOException {
        tiny = TinyMdetr.in(folder);
    }

    private Mdetr load(InputLimits limits) throws IOException {
        LoadOptions options = LoadOptions.builder()
                .vocabulary(GoldenCases.resource("/vocab-tiny"))
                .limits(limits)
                .build();
        return Mdetr.load(tiny.file(), options);
    }

    @Test
    void anImageOfTooManyTokensIsRefusedByEveryWayIn() throws IOException {
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxImageTokens(11))) {
            String message = "an image of 100×70 pixels would be 12 image tokens, the limit is 11"
                    + " (InputLimits.maxImageTokens); make the image smaller or raise it";
            DetectOptions options = TinyMdetr.ALL;
            TinyMdetr.assertRefused(InputTooLargeException.class, message, () -> mdetr.detect(IMAGE, "a dog", options));
            TinyMdetr.assertRefused(
                    InputTooLargeException.class, message, () -> mdetr.detectEach(IMAGE, List.of("a dog"), options));
            List<DetectRequest> requests = List.of(DetectRequest.of(IMAGE, "a dog"));
            TinyMdetr.assertRefused(
                    InputTooLargeException.class, message, () -> mdetr.prepare(requests, ResizePolicy.nativeSize()));
        }
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxImageTokens(12))) {
            assertEquals(100, mdetr.detect(IMAGE, "a dog", TinyMdetr.ALL).width());
        }
    }

    @Test
    void paddingCounts() throws IOException {
        RgbImage tall = TinyMdetr.image(40, 200, 2); // with the other in frames of 100×200: 4×7 tokens each
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxImageTokens(27))) {
            List<DetectRequest> both = List.of(DetectRequest.of(IMAGE, "a dog"), DetectRequest.of(tall, "a cat"));
            TinyMdetr.assertRefused(
                    InputTooLargeException.class,
                    "2 images in frames of 100×200 pixels would be 28 image tokens each",
                    () -> mdetr.detect(both, TinyMdetr.ALL));
        }
    }

    @Test
    void aBatchMayHaveAnyNumberOfImagesOfTheLimit() throws IOException {
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxImageTokens(12))) {
            List<DetectRequest> many = IntStream.range(0, 5)
                    .mapToObj(i -> DetectRequest.of(TinyMdetr.image(100, 70, i), "a dog"))
                    .toList();
            assertEquals(5, mdetr.detect(many, TinyMdetr.ALL).size());
        }
    }

    @Test
    void theLimitCountsWhatTheModelSeesAndNotThePicture() throws IOException {
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxImageTokens(12))) {
            RgbImage large = TinyMdetr.image(1000, 700, 3);
            DetectOptions smaller = TinyMdetr.ALL.withResize(ResizePolicy.shortestSide(70, 100));
            assertEquals(1000, mdetr.detect(large, "a dog", smaller).width());
        }
    }

    @Test
    void memoryIsToldBeforeItIsTaken() throws IOException {
        try (Mdetr mdetr = load(InputLimits.defaults().withMaxBytes(1000))) {
            Device device = mdetr.model().device();
            device.resetPeak();
            long before = device.memory().peak();
            TinyMdetr.assertRefused(
                    InputTooLargeException.class,
                    "(InputLimits.maxBytes)",
                    () -> mdetr.detect(IMAGE, "a dog", TinyMdetr.ALL));
            assertEquals(before, device.memory().peak());
        }
    }

    @ParameterizedTest
    @MethodSource("io.github.mdetr.nn.GoldenCases#backends")
    void tokensAreTheCellsOfTheLastMap(String backend) {
        GoldenCases.on(backend, () -> {
            try (Mdetr mdetr = tiny.load()) {
                for (int side : new int[] {1, 31, 32, 33, 65, 97}) {
                    RgbImage image = TinyMdetr.image(side, 64, side);
                    List<DetectRequest> requests = List.of(DetectRequest.of(image, "a dog"));
                    try (MdetrInput input = mdetr.prepare(requests, ResizePolicy.nativeSize());
                            ImageFeatures seen = mdetr.model().encodeImages(input.images(), input.padding())) {
                        long cells = (long) seen.map().dim(1) * seen.map().dim(2);
                        assertEquals(cells, estimate(mdetr, image, 1).imageTokens(), "width " + side);
                    }
                }
            }
        });
    }

    private static MemoryEstimate estimate(Mdetr mdetr, RgbImage image, int textTokens) {
        Device device = mdetr.model().device();
        return MemoryEstimate.of(mdetr.config(), device, List.of(image.size()), 1, textTokens);
    }

    @ParameterizedTest
    @CsvSource({"600, 400", "900, 900", "1300, 300"})
    void theEstimateIsNearWhatIsTaken(int width, int height) throws IOException {
        try (Mdetr mdetr = tiny.load()) {
            RgbImage image = TinyMdetr.image(width, height, 5);
            mdetr.detect(image, "a dog", TinyMdetr.ALL); // lays weights out
            Device device = mdetr.model().device();
            device.resetPeak();
            long before = device.memory().live();
            mdetr.detect(image, "a dog", TinyMdetr.ALL);
            double taken = device.memory().peak() - before;
            double told = estimate(mdetr, image, 5).bytes();
            assertTrue(told >= 0.5 * taken && told <= 2.5 * taken, told + " told, " + taken + " taken");
        }
    }

    @ParameterizedTest
    @CsvSource({"RESNET101, false, 1333, 800", "RESNET101, true, 1333, 800", "EFFICIENTNET_B5, false, 1333, 800"})
    void everyPublishedSizeIsAdmitted(BackboneType backbone, boolean dilated, int width, int height) {
        MdetrConfig config =
                MdetrConfig.builder().backbone(backbone).dilation(dilated).build();
        List<ImageSize> sizes = List.of(new ImageSize(width, height), new ImageSize(height, width));
        MemoryEstimate estimate = MemoryEstimate.of(config, Device.current(), sizes, 2, 40);
        InputLimits.defaults().check(estimate, Long.MAX_VALUE);
        assertTrue(estimate.bytes() < 3L << 30, estimate.toString());
    }

    @Test
    void limitsAreAboveZero() {
        assertThrows(IllegalArgumentException.class, () -> new InputLimits(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new InputLimits(1, 0));
    }
}
