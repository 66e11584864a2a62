package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Honest sets of every kind are left alone, however few or careless their boxes are; wrong ones are told by their format. */
class BoxFormatGuessTest {
    private static final int SEEDS = 200;

    /** An image's sides and a box in it as published. */
    private record Drawn(int width, int height, double x, double y, double w, double h) {}

    /** How objects lie in their images. */
    private enum Scene {
        /** Photographs with objects anywhere, of any size. */
        PHOTOGRAPHS {
            @Override
            Drawn draw(Random r) {
                return anywhere(r, 640, 480, 0.02, 0.9);
            }
        },
        /** One large object in the middle of each picture: its width is larger than its left edge. */
        PORTRAITS {
            @Override
            Drawn draw(Random r) {
                int width = 300 + r.nextInt(300);
                int height = 300 + r.nextInt(300);
                double w = width * (0.5 + 0.45 * r.nextDouble());
                double h = height * (0.5 + 0.45 * r.nextDouble());
                return new Drawn(width, height, (width - w) * r.nextDouble(), (height - h) * r.nextDouble(), w, h);
            }
        },
        /** Small objects of aerial pictures. */
        AERIAL {
            @Override
            Drawn draw(Random r) {
                return anywhere(r, 2000, 2000, 0.005, 0.03);
            }
        },
        /** Icons. */
        SMALL_PICTURES {
            @Override
            Drawn draw(Random r) {
                return anywhere(r, 32, 24, 0.2, 0.9);
            }
        },
        /** Objects of the left upper quarter alone. */
        CORNER {
            @Override
            Drawn draw(Random r) {
                Drawn d = anywhere(r, 320, 240, 0.02, 0.9);
                return new Drawn(640, 480, d.x, d.y, d.w, d.h);
            }
        },
        /** The picture as a whole. */
        WHOLE {
            @Override
            Drawn draw(Random r) {
                return new Drawn(640, 480, 0, 0, 640, 480);
            }
        };

        abstract Drawn draw(Random r);

        private static Drawn anywhere(Random r, int width, int height, double least, double most) {
            double w = width * (least + (most - least) * r.nextDouble() * r.nextDouble());
            double h = height * (least + (most - least) * r.nextDouble() * r.nextDouble());
            return new Drawn(width, height, (width - w) * r.nextDouble(), (height - h) * r.nextDouble(), w, h);
        }
    }

    /** What tools write into {@code area}. */
    private enum Area {
        NONE,
        BOX,
        MASK,
        CONSTANT;

        double of(double w, double h, Random r) {
            return switch (this) {
                case NONE -> 0;
                case BOX -> w * h;
                case MASK -> w * h * (0.2 + 0.75 * r.nextDouble());
                case CONSTANT -> 1200;
            };
        }
    }

    /** What becomes of a box before it is written. */
    private interface Change {
        double[] of(Drawn d, Random r);
    }

    private static double[] exact(Drawn d) {
        return new double[] {d.x, d.y, d.w, d.h};
    }

    /** To whole pixels, each number by itself, so that a side may end a pixel or two beyond the border. */
    private static double[] rounded(Drawn d) {
        return new double[] {Math.rint(d.x), Math.rint(d.y), Math.max(1, Math.ceil(d.w)), Math.max(1, Math.ceil(d.h))};
    }

    /** One in thirty is drawn a tenth of the picture too far to the right and down. */
    private static double[] careless(Drawn d, Random r) {
        boolean slip = r.nextInt(30) == 0;
        return new double[] {
            d.x + (slip ? d.width / 10.0 : 0), d.y + (slip ? d.height / 10.0 : 0), Math.rint(d.w), Math.rint(d.h)
        };
    }

    private static List<CaptionedImage> set(int n, int perImage, Scene scene, Area area, Change change, long seed) {
        Random r = new Random(seed * 1_000_003 + n);
        List<CaptionedImage> entries = new ArrayList<>();
        for (int done = 0; done < n; ) {
            Drawn first = scene.draw(r);
            List<Annotation> annotations = new ArrayList<>();
            for (int i = 0; i < perImage && done < n; i++, done++) {
                Drawn d = i == 0 ? first : scene.draw(r);
                d = new Drawn(
                        first.width,
                        first.height,
                        d.x,
                        d.y,
                        Math.min(d.w, first.width - d.x),
                        Math.min(d.h, first.height - d.y));
                double[] box = change.of(d, r);
                annotations.add(new Annotation(
                        null,
                        (float) box[0],
                        (float) box[1],
                        (float) box[2],
                        (float) box[3],
                        (float) area.of(d.w, d.h, r),
                        false,
                        List.of(),
                        false,
                        null));
            }
            entries.add(entry(first.width, first.height, annotations));
        }
        return entries;
    }

    private static CaptionedImage entry(int width, int height, List<Annotation> annotations) {
        return new CaptionedImage(
                "1",
                "a",
                width,
                height,
                "a",
                List.of(),
                List.of(),
                new CaptionedImage.Source(null, null, null, null, null, null),
                null,
                annotations);
    }

    private static @Nullable BoxFormatGuess one(int width, int height, double area, double... box) {
        return BoxFormatGuess.of(List.of(entry(
                width,
                height,
                List.of(new Annotation(
                        null,
                        (float) box[0],
                        (float) box[1],
                        (float) box[2],
                        (float) box[3],
                        (float) area,
                        false,
                        List.of(),
                        false,
                        null)))));
    }

    /** Boxes of another format, those of the inverse of {@link BoxFormat#xywh}. */
    private static double[] written(BoxFormat format, Drawn d) {
        double w = d.width;
        double h = d.height;
        return switch (format) {
            case XYWH -> exact(d);
            case XYXY -> new double[] {d.x, d.y, d.x + d.w, d.y + d.h};
            case YXYX -> new double[] {d.y, d.x, d.y + d.h, d.x + d.w};
            case CXCYWH -> new double[] {d.x + d.w / 2, d.y + d.h / 2, d.w, d.h};
            case NORMALIZED_XYWH -> new double[] {d.x / w, d.y / h, d.w / w, d.h / h};
            case NORMALIZED_XYXY -> new double[] {d.x / w, d.y / h, (d.x + d.w) / w, (d.y + d.h) / h};
            case NORMALIZED_CXCYWH -> new double[] {(d.x + d.w / 2) / w, (d.y + d.h / 2) / h, d.w / w, d.h / h};
            case PERCENT_XYWH -> new double[] {100 * d.x / w, 100 * d.y / h, 100 * d.w / w, 100 * d.h / h};
        };
    }

    @ParameterizedTest
    @EnumSource(Scene.class)
    void honestSetsAreLeftAlone(Scene scene) {
        for (Area area : Area.values()) {
            for (int n : new int[] {1, 2, 3, 5, 8, 20, 100}) {
                for (int perImage : new int[] {1, 1000}) {
                    for (long seed = 0; seed < SEEDS; seed++) {
                        String which = area + ", " + n + " boxes, " + perImage + " an image, seed " + seed;
                        assertNull(BoxFormatGuess.of(set(n, perImage, scene, area, (d, r) -> exact(d), seed)), which);
                        assertNull(BoxFormatGuess.of(set(n, perImage, scene, area, (d, r) -> rounded(d), seed)), which);
                    }
                }
            }
        }
    }

    /** Of less than ten boxes several may be careless at once, and look like corners then. */
    @ParameterizedTest
    @EnumSource(Scene.class)
    void carelessSetsAreLeftAlone(Scene scene) {
        for (Area area : Area.values()) {
            for (int n : new int[] {10, 20, 100}) {
                for (long seed = 0; seed < SEEDS; seed++) {
                    assertNull(
                            BoxFormatGuess.of(set(n, 3, scene, area, BoxFormatGuessTest::careless, seed)),
                            area + ", " + n + " boxes, seed " + seed);
                }
            }
        }
    }

    /** In percent of sets: those that are told at all, and those whose format is the only one that is named. */
    @ParameterizedTest
    @CsvSource({
        "XYXY, PHOTOGRAPHS, NONE, 8, 94, 94",
        "XYXY, PHOTOGRAPHS, MASK, 20, 100, 100",
        "XYXY, PHOTOGRAPHS, BOX, 2, 100, 100",
        "XYXY, PORTRAITS, NONE, 20, 100, 100",
        "XYXY, AERIAL, NONE, 20, 99, 99",
        "XYXY, SMALL_PICTURES, NONE, 20, 99, 99",
        "XYXY, CORNER, BOX, 2, 99, 99",
        "YXYX, PHOTOGRAPHS, NONE, 20, 99, 90",
        "CXCYWH, PHOTOGRAPHS, NONE, 20, 95, 95",
        "CXCYWH, PHOTOGRAPHS, BOX, 100, 100, 100",
        "CXCYWH, PORTRAITS, MASK, 20, 100, 95",
        "NORMALIZED_XYWH, PHOTOGRAPHS, NONE, 1, 100, 20",
        "NORMALIZED_XYWH, PHOTOGRAPHS, NONE, 20, 100, 99",
        "NORMALIZED_XYXY, PHOTOGRAPHS, MASK, 1, 100, 50",
        "NORMALIZED_XYXY, AERIAL, BOX, 2, 100, 100",
        "NORMALIZED_XYXY, CORNER, NONE, 5, 100, 0",
        "NORMALIZED_CXCYWH, PHOTOGRAPHS, NONE, 20, 100, 99",
        "NORMALIZED_CXCYWH, AERIAL, MASK, 1, 100, 0",
        "PERCENT_XYWH, PHOTOGRAPHS, NONE, 20, 100, 100",
        "PERCENT_XYWH, PORTRAITS, BOX, 20, 100, 100",
    })
    void otherFormatsAreTold(BoxFormat format, Scene scene, Area area, int n, int told, int alone) {
        int found = 0;
        int only = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            BoxFormatGuess guess = BoxFormatGuess.of(set(n, 3, scene, area, (d, r) -> written(format, d), seed));
            if (guess != null) {
                found += guess.formats().contains(format) ? 1 : 0;
                only += guess.formats().equals(List.of(format)) ? 1 : 0;
            }
        }
        assertTrue(100 * found >= told * SEEDS, found + " of " + SEEDS);
        assertTrue(100 * only >= alone * SEEDS, only + " of " + SEEDS);
    }

    @Test
    void oneBoxFromZeroToOneIsEnough() {
        BoxFormatGuess guess = Objects.requireNonNull(one(160, 128, 1200, 0.1, 0.2, 0.3, 0.2));
        assertEquals(List.of(BoxFormat.NORMALIZED_XYWH), guess.formats());
    }

    /** A picture's first pixel is a box of whole numbers from 0 to 1, and so is all of it. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 1})
    void oneWholePixelIsNoFraction(double at) {
        assertNull(one(20, 10, 0, at, at, 1, 1));
    }

    /** Of a mask the area is smaller than its box: that says nothing. */
    @Test
    void theAreaOfAMaskIsNoSign() {
        assertNull(one(640, 480, 900, 20, 30, 60, 80));
    }

    @Test
    void theAreaOfTheCornersIsASign() {
        BoxFormatGuess guess = Objects.requireNonNull(one(640, 480, 40 * 50, 20, 30, 60, 80));
        assertEquals(List.of(BoxFormat.XYXY), guess.formats());
        assertEquals(
                "boxes look like xyxy, not xywh: read as [x0, y0, x1, y1] 1 of 1 lie inside; 'area' is (x1 - x0)*(y1 - y0)"
                        + " for 1 of 1; as [y0, x0, y1, x1] (yxyx) they would too",
                guess.message());
    }

    private static BoxFormatGuess many(double... box) {
        Annotation a = new Annotation(
                null, (float) box[0], (float) box[1], (float) box[2], (float) box[3], 0, false, List.of(), false, null);
        return Objects.requireNonNull(BoxFormatGuess.of(List.of(entry(160, 128, List.of(a, a, a, a)))));
    }

    @Test
    void boxesBeyondTheBorderInEveryFormatAreTold() {
        BoxFormatGuess guess = many(100, 90, 300, 70);
        assertEquals(List.of(), guess.formats());
        assertEquals(
                "most boxes do not fit their images: read as [x, y, width, height] 4 of 4 reach beyond their image, and no"
                        + " known format fits; were pictures scaled after boxes were drawn?",
                guess.message());
    }

    @Test
    void boxesFromZeroToAThousandAreNamed() {
        String message = many(250, 300, 700, 900).message();
        assertTrue(message.contains("thousandths of the image's sides"), message);
    }

    /** Half of the boxes is not most, and one or two may be careless. */
    @Test
    void fewBoxesBeyondTheBorderAreLeftAlone() {
        assertNull(one(160, 128, 0, 100, 90, 300, 70));
    }
}
