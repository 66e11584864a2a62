package io.github.mdetr.nn.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ImagePaddingTest {
    @Test
    void coveredRowsAreThoseWhoseNearestSourceRowIsImage() {
        for (int frame = 1; frame < 70; frame += 3) {
            for (int out = 1; out <= frame; out++) {
                for (int extent = 1; extent <= frame; extent++) {
                    int expected = 0;
                    for (int i = 0; i < out; i++) {
                        expected += i * frame / out < extent ? 1 : 0;
                    }
                    int[] sizes = {extent};
                    ImagePadding padding = ImagePadding.of(frame, frame, sizes, sizes);
                    assertEquals(expected, padding.rows(0, out), extent + " of " + frame + " at " + out);
                    assertEquals(expected, padding.columns(0, out));
                }
            }
        }
    }

    @Test
    void anImageBeyondItsFrameIsRefused() {
        int[] sizes = {5, 9};
        assertThrows(IllegalArgumentException.class, () -> ImagePadding.of(8, 9, sizes, sizes));
        assertThrows(IllegalArgumentException.class, () -> ImagePadding.of(9, 9, sizes, new int[] {1}));
    }
}
