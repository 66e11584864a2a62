package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.mdetr.core.testing.Bounded;
import io.github.mdetr.nn.data.check.AnnotationCheck;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Annotations of any bytes: entries or one typed error, and findings of one line, in bounded time and memory. */
class AnnotationFuzzTest {
    private static final long FREE_BYTES = 4 << 20;
    private static final int MULTIPLE = 400;

    @MethodSource
    @FuzzTest
    void annotations(byte[] bytes) throws Exception {
        Bounded.call(FREE_BYTES + (long) MULTIPLE * bytes.length, () -> {
            try {
                AnnotationFile survey = AnnotationFile.survey(new ByteArrayInputStream(bytes), "fuzzed");
                new AnnotationCheck(survey).run(f -> assertFalse(f.line().contains("\n"), f.line()));
                for (BoxFormat format : BoxFormat.values()) {
                    assertEquals(
                            survey.images().size(),
                            survey.withBoxesOf(format).images().size());
                }
                agrees(bytes, survey);
            } catch (AnnotationException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
            return true;
        });
    }

    /** What is read to be learned from is what a survey finds, or refused where that finds errors. */
    private static void agrees(byte[] bytes, AnnotationFile survey) throws IOException {
        try {
            AnnotationFile read = AnnotationFile.read(new ByteArrayInputStream(bytes), "fuzzed");
            assertEquals(0, survey.problems().errors());
            assertEquals(survey.images().size(), read.images().size());
        } catch (AnnotationException e) {
            assertFalse(survey.problems().errors() == 0, e.getMessage());
        }
    }

    static Stream<byte[]> annotations() {
        String image =
                "{\"id\": 1, \"file_name\": \"a\\\\b%20c.png\", \"width\": \"20\", \"height\": 10.0, \"caption\": \"a dog\"}";
        String box = "{\"id\": \"c33c-39\", \"image_id\": 1.0, \"bbox\": [1, \"2\", 3, 4], \"tokens_positive\": [2, 5]";
        return Stream.of(
                        AnnotationFileTest.EXAMPLE,
                        file(image, box + ", \"iscrowd\": 0.0, \"area\": null, \"segmentation\": [1, 1, 9, 1, 9, 9]}"),
                        file(image, box + ", \"segmentation\": {}, \"area\": NaN, \"isfinal\": \"False\"}"),
                        file(image, box + ", \"bbox\": [], \"segmentation\": [[[1, 2], [3]], null]}"),
                        file(image, box + ", \"bbox\": [0.1, 0.2, 0.3, -Infinity], \"tokens\": [[[0, 1], [2, 5]]]}"),
                        file(image, box + ", \"image_id\": \"7\", \"attributes\": {\"a\": [{}, [[]]]}}, 3, []"),
                        file("{\"id\": 1, \"file_name\": \"a\", \"width\": 2, \"height\": 3}, {}", box + "}"),
                        file(image + "," + image, box + "}, {\"image_id\": 9, \"bbox\": {\"x\": 1}}"))
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    private static String file(String images, String annotations) {
        return "{\"images\": [" + images + "], \"annotations\": [" + annotations + "]}";
    }
}
