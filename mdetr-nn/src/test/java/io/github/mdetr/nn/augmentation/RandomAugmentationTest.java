package io.github.mdetr.nn.augmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.data.TrainingExample;
import io.github.mdetr.nn.data.TrainingExample.ExampleObject;
import io.github.mdetr.nn.image.ImageSize;
import io.github.mdetr.nn.image.ResizePolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What chance may do and what it may not; what a change does by itself is tested beside this. */
class RandomAugmentationTest {
    private static final TrainingExample EXAMPLE = Examples.example(
            90, 60, "the left dog", Examples.object(0, 0, 8, 8, 4, 12), Examples.object(80, 50, 90, 60, 4, 12));

    private static List<TrainingExample> draw(Augmentation a, TrainingExample e, int n) {
        return IntStream.range(0, n)
                .mapToObj(seed -> a.apply(e, new SplittableRandom(seed)))
                .toList();
    }

    @Test
    void aSeedAlwaysGivesTheSame() {
        Augmentation a =
                new RandomFlip(0.5).then(new RandomCrop(20, 80, true)).then(new RandomResize(List.of(32, 48, 64), 100));
        List<TrainingExample> first = draw(a, EXAMPLE, 20);
        assertEquals(first, draw(a, EXAMPLE, 20));
        assertEquals(20, new HashSet<>(first).size(), "and others give others");
    }

    @Test
    void cropsHaveAllSidesAndPlacesAllowed() {
        Set<Integer> widths = new HashSet<>();
        Set<Integer> heights = new HashSet<>();
        Set<Integer> lefts = new HashSet<>();
        TrainingExample e = Examples.example(12, 9, "a", Examples.object(0, 0, 12, 9, 0, 1));
        for (TrainingExample part : draw(new RandomCrop(8, 11, false), e, 400)) {
            widths.add(part.image().width());
            heights.add(part.image().height());
            for (int left = 0; left <= 4; left++) {
                if (left + part.image().width() <= 12
                        && part.image().pixel(0, 0) == e.image().pixel(left, 0)) {
                    lefts.add(left);
                }
            }
        }
        assertEquals(Set.of(8, 9, 10, 11), widths);
        assertEquals(Set.of(8, 9), heights, "no larger than the image");
        assertEquals(Set.of(0, 1, 2, 3, 4), lefts);
        TrainingExample small = draw(new RandomCrop(20, 30, false), e, 1).get(0);
        assertEquals(e.image(), small.image(), "a small image stays whole");
    }

    @Test
    void aCautiousCropKeepsSomethingOfEveryObject() {
        int kept = 0;
        for (TrainingExample part : draw(new RandomCrop(60, 90, true), EXAMPLE, 200)) {
            assertEquals(2, part.captions().get(0).objects().size());
            for (ExampleObject o : part.captions().get(0).objects()) {
                PixelBox b = o.box();
                assertTrue(b.x0() >= 0 && b.y0() >= 0 && b.x1() > b.x0() && b.y1() > b.y0());
                assertTrue(
                        b.x1() <= part.image().width() && b.y1() <= part.image().height());
            }
        }
        for (TrainingExample part : draw(new RandomCrop(60, 90, false), EXAMPLE, 200)) {
            kept += part.captions().get(0).objects().size();
        }
        assertTrue(kept < 400, "else caution had nothing to do");
    }

    @Test
    void aCautiousCropGivesUpAfterAHundredTriesAndDropsWhatIsNotInIt() {
        Augmentation crop = new RandomCrop(10, 20, true); // never both corners
        for (TrainingExample part : draw(crop, EXAMPLE, 20)) {
            assertTrue(part.captions().get(0).objects().size() < 2);
            assertEquals("the left dog", part.captions().get(0).text());
        }
        SplittableRandom random = new SplittableRandom(1);
        crop.apply(EXAMPLE, random);
        SplittableRandom counted = new SplittableRandom(1);
        for (int i = 0; i < RandomCrop.TRIES; i++) {
            int w = counted.nextInt(10, 21);
            int h = counted.nextInt(10, 21);
            counted.nextInt(60 - h + 1);
            counted.nextInt(90 - w + 1);
        }
        assertEquals(counted.nextLong(), random.nextLong(), "as many draws");
    }

    @Test
    void flipsAreAsOftenAsToldAndExchangeTheWords() {
        assertSame(EXAMPLE, new RandomFlip(0).apply(EXAMPLE, new SplittableRandom(1)));
        TrainingExample mirrored = new RandomFlip(1).apply(EXAMPLE, new SplittableRandom(1));
        assertEquals("the right dog", mirrored.captions().get(0).text());
        assertEquals(
                List.of(Examples.object(82, 0, 90, 8, 4, 13), Examples.object(0, 50, 10, 60, 4, 13)),
                mirrored.captions().get(0).objects());
        assertEquals(EXAMPLE, new RandomFlip(1).apply(mirrored, new SplittableRandom(1)), "twice is as before");
        long flips = draw(new RandomFlip(0.3), EXAMPLE, 1000).stream()
                .filter(e -> !e.equals(EXAMPLE))
                .count();
        assertTrue(Math.abs(flips - 300) < 60, flips + " of 1000"); // four standard deviations
    }

    @Test
    void publishedRecipesGiveTheirSizes() {
        TrainingExample photograph = Examples.example(640, 480, "left", Examples.object(300, 200, 340, 240, 0, 4));
        Set<ImageSize> plain = new HashSet<>();
        for (int side = 480; side <= 800; side += 32) {
            plain.add(ResizePolicy.shortestSide(side, 1333).apply(new ImageSize(640, 480)));
        }
        sizes(Recipe.photographs(true), photograph, plain, 480, 800, 1333, true);
        TrainingExample scene = Examples.example(480, 320, "left", Examples.object(200, 100, 240, 140, 0, 4));
        Set<ImageSize> clevr = new HashSet<>();
        for (int side = 256; side <= 384; side += 32) {
            clevr.add(ResizePolicy.shortestSide(side, 512).apply(new ImageSize(480, 320)));
        }
        sizes(Recipe.clevr(true), scene, clevr, 256, 384, 512, true);
        sizes(Recipe.clevr(false), scene, clevr, 256, 384, 512, false);
    }

    private static void sizes(
            Augmentation recipe,
            TrainingExample example,
            Set<ImageSize> plain,
            int shortest,
            int largestShort,
            int longest,
            boolean cautious) {
        int cropped = 0;
        int mirrored = 0;
        int n = 60;
        for (TrainingExample e : draw(recipe, example, n)) {
            int small = Math.min(e.image().width(), e.image().height());
            int large = Math.max(e.image().width(), e.image().height());
            assertTrue(small <= largestShort && large <= longest + 2, e.image().toString());
            assertTrue(small >= shortest || large >= longest - 2, e.image().toString());
            cropped += plain.contains(e.image().size()) ? 0 : 1;
            mirrored += e.captions().get(0).text().equals("right") ? 1 : 0;
            assertTrue(!cautious || e.captions().get(0).objects().size() == 1);
        }
        assertTrue(cropped > n / 4 && cropped < 3 * n / 4, cropped + " of " + n + " cropped");
        assertTrue(cautious ? mirrored == 0 : mirrored > n / 4 && mirrored < 3 * n / 4, mirrored + " mirrored");
    }

    @Test
    void oneOfTakesEachAsOften() {
        Augmentation a = Augmentation.oneOf(Augmentation.none(), new RandomFlip(1), new RandomResize(List.of(7)));
        List<Integer> counts = new ArrayList<>(List.of(0, 0, 0));
        for (TrainingExample e : draw(a, EXAMPLE, 600)) {
            int which = e.equals(EXAMPLE) ? 0 : e.image().height() == 60 ? 1 : 2;
            counts.set(which, counts.get(which) + 1);
        }
        assertTrue(counts.stream().allMatch(c -> Math.abs(c - 200) < 50), counts.toString());
        assertNotEquals(0, counts.get(0));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new RandomCrop(0, 5, true));
        assertThrows(IllegalArgumentException.class, () -> new RandomCrop(6, 5, true));
        assertThrows(IllegalArgumentException.class, () -> new RandomResize(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new RandomResize(List.of(0)));
        assertThrows(IllegalArgumentException.class, () -> new RandomResize(List.of(64), 32));
        assertThrows(IllegalArgumentException.class, () -> new RandomFlip(1.1));
        assertThrows(IllegalArgumentException.class, () -> new RandomFlip(Double.NaN));
        assertThrows(IllegalArgumentException.class, Augmentation::oneOf);
    }
}
