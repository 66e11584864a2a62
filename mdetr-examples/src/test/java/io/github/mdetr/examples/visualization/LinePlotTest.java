package io.github.mdetr.examples.visualization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.training.log.Metrics;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinePlotTest {
    /** Below the legend, which shows the colours too. */
    private static final int PLOT = 80;

    @TempDir
    private Path folder;

    /** The mean row of the first line, which is red, in each column; −1 where it is not. */
    private static int[] rows(BufferedImage image) {
        return IntStream.range(0, image.getWidth())
                .map(x -> (int) IntStream.range(PLOT, image.getHeight())
                        .filter(y -> isRed(image.getRGB(x, y)))
                        .average()
                        .orElse(-1))
                .toArray();
    }

    private static boolean isRed(int rgb) {
        Color c = new Color(rgb);
        return c.getRed() - c.getGreen() > 60;
    }

    private static double[] points(int n) {
        return IntStream.range(0, n).asDoubleStream().toArray();
    }

    @Test
    void aStraightLineIsStraightAndFillsTheFrame() {
        int[] rows =
                rows(new LinePlot("t", "x").line("a", points(11), points(11)).image());
        int[] seen = IntStream.range(0, rows.length).filter(x -> rows[x] >= 0).toArray();
        int first = seen[0];
        int last = seen[seen.length - 1];
        assertTrue(first < 100 && last > 900, first + " to " + last);
        assertEquals(seen.length, last - first + 1, "no gap");
        for (int x : seen) {
            double share = (x - first) / (double) (last - first);
            assertEquals(rows[first] + share * (rows[last] - rows[first]), rows[x], 2, "column " + x);
        }
        assertTrue(rows[first] - rows[last] > 300, "upwards");
    }

    /** On a logarithmic axis the powers of ten are equally far apart. */
    @Test
    void powersOfTenRiseEvenlyByTheirLogarithm() {
        double[] powers = {0.01, 0.1, 1, 10, 100};
        int[] rows = rows(new LinePlot("t", "x")
                .line("a", points(5), powers)
                .logarithmic()
                .image());
        int[] seen = IntStream.range(0, rows.length).filter(x -> rows[x] >= 0).toArray();
        int first = seen[0];
        int last = seen[seen.length - 1];
        int middle = (first + last) / 2;
        assertEquals((rows[first] + rows[last]) / 2.0, rows[middle], 2);
    }

    @Test
    void whatIsNotFiniteIsAGap() {
        double[] y = points(11);
        y[5] = Double.NaN;
        int[] rows = rows(new LinePlot("t", "x").line("a", points(11), y).image());
        int[] seen = IntStream.range(0, rows.length).filter(x -> rows[x] >= 0).toArray();
        double width = seen[seen.length - 1] - seen[0];
        long inGap = IntStream.of(seen)
                .filter(x -> (x - seen[0]) / width > 0.42 && (x - seen[0]) / width < 0.58)
                .count();
        assertEquals(0, inGap);
        assertTrue(seen.length > 0.75 * width);
    }

    @Test
    void anEmptyPlotAndASinglePointAreDrawn() {
        LinePlot empty = new LinePlot("t", "x").line("a", points(2), new double[] {Double.NaN, -1});
        assertFalse(empty.isEmpty());
        assertTrue(empty.logarithmic().isEmpty());
        assertEquals(Color.WHITE.getRGB(), empty.image().getRGB(100, 150));
        int[] rows = rows(new LinePlot("t", "x")
                .line("a", new double[] {7}, new double[] {0})
                .image());
        assertTrue(IntStream.of(rows).filter(y -> y >= 0).count() >= 1);
        assertThrows(IllegalArgumentException.class, () -> new LinePlot("t", "x").line("a", points(2), points(3)));
    }

    @Test
    void theMeanOfWhatIsConstantIsConstant() {
        assertArrayEquals(new double[] {3, 3, 3}, LinePlot.mean(new double[] {3, 3, 3}, 0.9), 1e-12);
        double second = (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.9 * 0.9);
        assertArrayEquals(
                new double[] {Double.NaN, 1, 1, second},
                LinePlot.mean(new double[] {Double.NaN, 1, Double.POSITIVE_INFINITY, 3}, 0.9),
                1e-12);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 10, 0 2 4 6 8 10",
        "0, 40000, 0 5k 10k 15k 20k 25k 30k 35k 40k",
        "0.013, 0.021, 0.013 0.014 0.015 0.016 0.017 0.018 0.019 0.020 0.021",
        "-1, 1, -1.0 -0.5 0 0.5 1.0",
        "0, 3000000, 0 0.5M 1.0M 1.5M 2.0M 2.5M 3.0M",
        "999.5, 1000.5, 999.6 999.8 1000.0 1000.2 1000.4",
        "0, 5e-4, 0 0.0001 0.0002 0.0003 0.0004 0.0005"
    })
    void ticksAreRoundNumbers(double low, double high, String expected) {
        Ticks t = Ticks.linear(low, high, 8);
        List<String> labels = t.values().stream().map(t::label).toList();
        assertEquals(expected, String.join(" ", labels));
    }

    @Test
    void logarithmicTicksArePowersOfTen() {
        Ticks t = Ticks.powersOfTen(0.002, 20_000, 8);
        assertEquals(
                List.of("0.01", "0.1", "1", "10", "100", "1000", "1e4"),
                t.values().stream().map(t::label).toList());
        assertTrue(Ticks.powersOfTen(1e-30, 1e30, 8).values().size() <= 8);
    }

    @Test
    void aLogIsDrawnAsFarAsItGoes() throws IOException {
        List<Metrics> log = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("train/loss", 40 * Math.exp(-i / 60.0) + 2 + Math.sin(i * 12.9));
            values.put("train/loss_bbox", Math.exp(-i / 60.0));
            values.put("train/loss_bbox_3", 1.0);
            values.put("rate/rest", 1e-4);
            log.add(new Metrics(50L * i, i, values));
        }
        assertEquals(List.of("loss.png", "losses.png", "rate.png"), names(TrainingPlots.write(log, folder)));
        log.add(new Metrics(10_000, 0, Map.of("eval/score", 0.5)));
        assertEquals(
                List.of("loss.png", "losses.png", "metrics.png", "rate.png"),
                names(TrainingPlots.write(log, folder.resolve("."))));
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.toList()) {
                BufferedImage image = ImageIO.read(file.toFile());
                assertEquals(960, image.getWidth(), file.toString());
            }
        }
        assertEquals(List.of(), TrainingPlots.write(List.of(), folder.resolve("new")));
    }

    private static List<String> names(List<Path> files) {
        return files.stream().map(f -> f.getFileName().toString()).toList();
    }
}
