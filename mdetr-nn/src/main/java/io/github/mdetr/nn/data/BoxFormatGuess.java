package io.github.mdetr.nn.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the boxes of a file look like, where they do not look as published. Nothing is guessed from a single odd box: an honest
 * file has boxes beyond a border, areas of masks that are smaller than their boxes, and rounding.
 *
 * @param formats the format, or several that fit alike; empty where most boxes reach beyond their images in every known one
 * @param evidence one line with counts
 */
public record BoxFormatGuess(List<BoxFormat> formats, String evidence) {
    /** Copies the list. */
    public BoxFormatGuess {
        formats = List.copyOf(formats);
    }

    /** Of entries whose boxes are read as published; null where nothing speaks against that. */
    public static @Nullable BoxFormatGuess of(List<CaptionedImage> entries) {
        UnitBoxes unit = new UnitBoxes();
        PercentBoxes percent = new PercentBoxes();
        CornerBoxes corners = new CornerBoxes();
        BeyondBoxes beyond = new BeyondBoxes();
        for (CaptionedImage entry : entries) {
            for (Annotation a : entry.annotations()) {
                // In every format the last two are above 0.
                if (!a.crowd() && a.width() > 0 && a.height() > 0) {
                    unit.add(a, entry.width(), entry.height());
                    percent.add(a, entry.width(), entry.height());
                    corners.add(a, entry.width(), entry.height());
                    beyond.add(a, entry.width(), entry.height());
                }
            }
        }
        BoxFormatGuess guess = unit.guess();
        guess = guess == null ? percent.guess() : guess;
        guess = guess == null ? corners.guess() : guess;
        return guess == null ? beyond.guess() : guess;
    }

    /** Whether a known format fits. */
    public boolean isKnown() {
        return !formats.isEmpty();
    }

    /** The formats in words: {@code xyxy or cxcywh}; empty where none fits. */
    public String names() {
        return String.join(" or ", formats.stream().map(BoxFormat::toString).toList());
    }

    /** One line: {@code boxes look like xyxy, not xywh: …}. */
    public String message() {
        return isKnown()
                ? "boxes look like " + names() + ", not " + BoxFormat.XYWH + ": " + evidence
                : "most boxes do not fit their images: " + evidence;
    }

    /** Boxes from 0 to 1: none that is drawn in pixels is a fraction of the first pixel. */
    private static final class UnitBoxes {
        private static final double SLACK = 0.005;
        private static final double MATCH = 0.02;
        private static final List<BoxFormat> FORMATS =
                List.of(BoxFormat.NORMALIZED_XYWH, BoxFormat.NORMALIZED_CXCYWH, BoxFormat.NORMALIZED_XYXY);

        private long boxes;
        private long unit;
        private long fractions;
        private final long[] fits = new long[FORMATS.size()];
        private long sized;
        private long cornerAreas;
        private long sideAreas;

        void add(Annotation a, int width, int height) {
            boxes++;
            boolean inside = a.x() >= -SLACK && a.y() >= -SLACK && max(a) <= 1 + SLACK;
            if (!inside || width < 4 || height < 4) {
                return;
            }
            unit++;
            fractions += isFraction(a) ? 1 : 0;
            for (int i = 0; i < fits.length; i++) {
                double[] box = FORMATS.get(i).xywh(a.x(), a.y(), a.width(), a.height(), 1, 1);
                boolean fit = box[2] > 0
                        && box[3] > 0
                        && box[0] >= -SLACK
                        && box[1] >= -SLACK
                        && box[0] + box[2] <= 1 + SLACK
                        && box[1] + box[3] <= 1 + SLACK;
                fits[i] += fit ? 1 : 0;
            }
            double sides = (double) a.width() * a.height();
            double corners = (a.width() - (double) a.x()) * (a.height() - (double) a.y());
            if (a.area() > 0 && Math.abs(sides - corners) > 3 * MATCH * Math.max(sides, corners)) {
                sized++;
                double area = a.area() > 1 ? a.area() / ((double) width * height) : a.area();
                sideAreas += Math.abs(area - sides) <= MATCH * sides ? 1 : 0;
                cornerAreas += corners > 0 && Math.abs(area - corners) <= MATCH * corners ? 1 : 0;
            }
        }

        @Nullable
        BoxFormatGuess guess() {
            if (2 * unit <= boxes || fractions == 0) {
                return null;
            }
            long best = Math.max(fits[0], Math.max(fits[1], fits[2]));
            if (best < 0.9 * unit) {
                return null;
            }
            List<BoxFormat> formats = new ArrayList<>();
            for (int i = 0; i < fits.length; i++) {
                if (fits[i] >= best - 0.01 * unit) {
                    formats.add(FORMATS.get(i));
                }
            }
            if (formats.size() > 1 && sized > 0 && cornerAreas >= 0.8 * sized) {
                formats.retainAll(List.of(BoxFormat.NORMALIZED_XYXY));
            } else if (formats.size() > 1 && sized > 0 && sideAreas >= 0.8 * sized) {
                formats.remove(BoxFormat.NORMALIZED_XYXY);
            }
            return formats.isEmpty()
                    ? null
                    : new BoxFormatGuess(
                            formats,
                            (boxes == 1 ? "the only box lies" : "of " + boxes + " boxes " + unit + " lie")
                                    + " between 0 and 1, less than a pixel in size");
        }
    }

    /** Boxes in hundredths: many, with fractions, spread over the first hundred pixels of large images and never beyond. */
    private static final class PercentBoxes {
        private static final int FEWEST = 8;
        private static final int LEAST_SIDE = 300;
        private static final float WHOLE = 100.5f;
        private static final float SPREAD = 70;

        private long boxes;
        private long fractions;
        private boolean other;
        private float right;
        private float bottom;

        void add(Annotation a, int width, int height) {
            boxes++;
            fractions += isFraction(a) ? 1 : 0;
            right = Math.max(right, a.x() + a.width());
            bottom = Math.max(bottom, a.y() + a.height());
            other |= width < LEAST_SIDE || height < LEAST_SIDE || a.x() < -0.5f || a.y() < -0.5f;
        }

        @Nullable
        BoxFormatGuess guess() {
            boolean spread = right >= SPREAD && bottom >= SPREAD && right <= WHOLE && bottom <= WHOLE;
            return other || boxes < FEWEST || !spread || 2 * fractions < boxes
                    ? null
                    : new BoxFormatGuess(
                            List.of(BoxFormat.PERCENT_XYWH),
                            "all " + boxes + " lie in the first 100 pixels of images of " + LEAST_SIDE + " or more");
        }
    }

    /** Boxes of which most reach beyond their images, whatever they are. */
    private static final class BeyondBoxes {
        /** One or two odd boxes may be careless. */
        private static final int FEWEST = 3;

        private static final float THOUSAND = 1000;

        private long boxes;
        private long beyond;
        private float least = Float.MAX_VALUE;
        private float most;

        void add(Annotation a, int width, int height) {
            boxes++;
            beyond += CornerBoxes.isInside(BoxFormat.XYWH, a, width, height) ? 0 : 1;
            least = Math.min(least, Math.min(a.x(), a.y()));
            most = Math.max(most, max(a));
        }

        @Nullable
        BoxFormatGuess guess() {
            if (beyond < FEWEST || 2 * beyond <= boxes) {
                return null;
            }
            boolean thousand = least >= 0 && most <= THOUSAND && most > THOUSAND / 2;
            return new BoxFormatGuess(
                    List.of(),
                    "read as " + BoxFormat.XYWH.numbers() + " " + beyond + " of " + boxes
                            + " reach beyond their image, and no known format fits"
                            + (thousand
                                    ? "; all numbers lie from 0 to 1000: if these are thousandths of the image's sides, divide"
                                            + " by 1000 and take a normalized format"
                                    : "; were pictures scaled after boxes were drawn?"));
        }
    }

    private static float max(Annotation a) {
        return Math.max(Math.max(a.x(), a.y()), Math.max(a.width(), a.height()));
    }

    private static boolean isFraction(Annotation a) {
        return a.x() != Math.rint(a.x())
                || a.y() != Math.rint(a.y())
                || a.width() != Math.rint(a.width())
                || a.height() != Math.rint(a.height());
    }
}
