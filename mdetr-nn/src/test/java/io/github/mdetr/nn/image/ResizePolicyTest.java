package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResizePolicyTest {
    @Test
    void evaluationSizesAreThePublishedOnes() throws IOException {
        List<JsonNode> rows = ImageFixtures.rows("eval-sizes.json");
        assertEquals(13, rows.size());
        for (JsonNode row : rows) {
            ImageSize size = ImageFixtures.size(row.get("input"));
            assertEquals(
                    ImageFixtures.size(row.get("output")),
                    ResizePolicy.evaluation().apply(size),
                    row.toString());
        }
    }

    @Test
    void halvesRoundToEven() {
        // 25·2/4 = 12.5 and 27·2/4 = 13.5.
        assertEquals(new ImageSize(24, 12), ResizePolicy.shortestSide(20, 25).apply(new ImageSize(4, 2)));
        assertEquals(new ImageSize(28, 14), ResizePolicy.shortestSide(20, 27).apply(new ImageSize(4, 2)));
    }

    @Test
    void fittingImagesAndNativeSizeStay() {
        assertEquals(new ImageSize(800, 1200), ResizePolicy.evaluation().apply(new ImageSize(800, 1200)));
        assertEquals(new ImageSize(17, 3), ResizePolicy.nativeSize().apply(new ImageSize(17, 3)));
    }

    @Test
    void withoutLimitTheLongerSideFollows() {
        assertEquals(new ImageSize(4000, 400), ResizePolicy.shortestSide(400).apply(new ImageSize(1000, 100)));
    }

    @Test
    void extremeStripsKeepBothSides() {
        assertEquals(new ImageSize(1, 1333), ResizePolicy.evaluation().apply(new ImageSize(1, 5000)));
        assertEquals(new ImageSize(1333, 1), ResizePolicy.evaluation().apply(new ImageSize(90_000_000, 1)));
    }

    @Test
    void refusesSidesThatContradict() {
        IllegalArgumentException error =
                assertThrows(IllegalArgumentException.class, () -> ResizePolicy.shortestSide(800, 600));
        assertTrue(error.getMessage().contains("shortest 800, longest 600"), error.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ResizePolicy.shortestSide(0));
    }
}
