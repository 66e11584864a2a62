package io.github.mdetr.nn.box;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PixelBoxTest {
    @Test
    void theWholeImage() {
        assertEquals(new PixelBox(0, 0, 640, 480), PixelBox.of(0.5f, 0.5f, 1, 1, 640, 480));
    }

    @Test
    void widthsGoWithXAndHeightsWithY() {
        PixelBox b = PixelBox.of(0.5f, 0.25f, 0.5f, 0.125f, 100, 1000);
        assertEquals(new PixelBox(25, 187.5f, 75, 312.5f), b);
        assertEquals(50, b.width());
        assertEquals(125, b.height());
    }

    @Test
    void whatReachesBeyondTheImageIsNotClipped() {
        assertEquals(new PixelBox(-50, 50, 50, 150), PixelBox.of(0, 1, 1, 1, 100, 100));
    }
}
