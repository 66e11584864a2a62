package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One box in every format. */
class BoxFormatTest {
    @ParameterizedTest
    @CsvSource({
        "XYWH, 20, 10, 40, 50",
        "XYXY, 20, 10, 60, 60",
        "YXYX, 10, 20, 60, 60",
        "CXCYWH, 40, 35, 40, 50",
        "NORMALIZED_XYWH, 0.1, 0.1, 0.2, 0.5",
        "NORMALIZED_XYXY, 0.1, 0.1, 0.3, 0.6",
        "NORMALIZED_CXCYWH, 0.2, 0.35, 0.2, 0.5",
        "PERCENT_XYWH, 10, 10, 20, 50",
    })
    void everyFormatIsTheSameBox(BoxFormat format, double a, double b, double c, double d) {
        assertArrayEquals(new double[] {20, 10, 40, 50}, format.xywh(a, b, c, d, 200, 100), 1e-12);
    }

    @Test
    void namesHaveHyphensOrUnderlines() {
        for (BoxFormat format : BoxFormat.values()) {
            assertSame(format, BoxFormat.of(format.toString()));
            assertSame(format, BoxFormat.of(format.name()));
        }
        assertEquals(
                "expected a format of boxes, one of xywh, xyxy, yxyx, cxcywh, normalized-xywh, normalized-xyxy,"
                        + " normalized-cxcywh, percent-xywh, got 'yolo'",
                assertThrows(IllegalArgumentException.class, () -> BoxFormat.of("yolo"))
                        .getMessage());
    }

    @Test
    void aFileIsMadeAsPublishedAndNothingElseChanges() {
        Annotation corners = new Annotation("9", 2, 3, 12, 8, 50, true, List.of(new CodePointSpan(0, 1)), true, null);
        CaptionedImage entry = new CaptionedImage(
                "1",
                "a",
                20,
                10,
                "a",
                List.of(),
                List.of(),
                new CaptionedImage.Source("d", null, null, null, null, null),
                null,
                List.of(corners));
        Annotation published = new Annotation("9", 2, 3, 10, 5, 50, true, List.of(new CodePointSpan(0, 1)), true, null);
        AnnotationFile file = new AnnotationFile(List.of(entry));
        assertEquals(
                List.of(entry.withAnnotations(List.of(published))),
                file.withBoxesOf(BoxFormat.XYXY).images());
        assertSame(file, file.withBoxesOf(BoxFormat.XYWH));
    }
}
