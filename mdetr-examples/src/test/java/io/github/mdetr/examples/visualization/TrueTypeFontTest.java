package io.github.mdetr.examples.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against FreeType's rendering of the same font (fixtures/visualization/make_text.py). */
class TrueTypeFontTest {
    private static final int CELL = 8;
    private static final int SIZE = 64;

    static Stream<JsonNode> cases() throws IOException {
        try (InputStream in = TrueTypeFontTest.class.getResourceAsStream("/visualization/text.json")) {
            JsonNode json = new ObjectMapper().readTree(Objects.requireNonNull(in));
            return StreamSupport.stream(json.get("cases").spliterator(), false);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void widthsAreFreeTypes(JsonNode text) {
        double width = TrueTypeFont.bundled().width(text.get("text").asText(), 1);
        assertEquals(text.get("width").asDouble(), width, 1e-3, text.get("text").asText());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outlinesCoverWhatFreeTypeCovers(JsonNode text) {
        int columns = text.get("columns").asInt();
        int rows = text.get("rows").asInt();
        int[][] got = render(text.get("text").asText(), columns, rows);
        double sum = 0;
        double largest = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                double d = Math.abs(
                        got[y][x] - text.get("coverage").get(y * columns + x).asInt());
                sum += d;
                largest = Math.max(largest, d);
            }
        }
        // FreeType moves outlines to whole pixels (hinting): a stroke's edge may lie half a pixel elsewhere
        String what = text.get("text").asText() + ": mean " + sum / (rows * columns) + ", largest " + largest;
        assertTrue(sum / (rows * columns) < 3 && largest < 40, what);
    }

    private static int[][] render(String text, int columns, int rows) {
        BufferedImage image = new BufferedImage(columns * CELL, rows * CELL, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fill(TrueTypeFont.bundled().outline(text, SIZE, 8, SIZE));
        g.dispose();
        int[][] cells = new int[rows][columns];
        for (int y = 0; y < rows * CELL; y++) {
            for (int x = 0; x < columns * CELL; x++) {
                cells[y / CELL][x / CELL] += image.getRGB(x, y) & 0xff;
            }
        }
        for (int[] row : cells) {
            for (int x = 0; x < columns; x++) {
                row[x] /= CELL * CELL;
            }
        }
        return cells;
    }

    @Test
    void linesHaveRoomForAllLetters() {
        TrueTypeFont font = TrueTypeFont.bundled();
        var high = font.outline("Ạ̊ÅÄ", 100, 0, 0).getBounds2D();
        var low = font.outline("jpqy", 100, 0, 0).getBounds2D();
        assertTrue(-high.getMinY() <= font.ascent(100) && low.getMaxY() <= font.descent(100));
        assertTrue(font.ascent(100) > 50 && font.descent(100) > 10);
    }
}
