package io.github.mdetr.nn.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether boxes in pixels are corners, in either order, or centres with sides. Read as published many of them reach beyond their image, or their
 * area is that of the corners, while read so they all lie inside: both together do not come about by chance or carelessness.
 */
final class CornerBoxes {
    /** Fewer boxes have to speak with one voice. */
    private static final int FEW = 5;

    private static final int SOME = 20;

    /** So many that few beyond the border tell centres: those of small objects seldom reach it. */
    private static final int MANY = 50;

    private static final int EXACT_PIXELS = 400;

    private long all;
    private long boxes;
    private long beyond;
    private long corners;
    private long turned;
    private long centres;
    private long sized;
    private long sideAreas;
    private long cornerAreas;
    private long exactAreas;
    private double exactPixels;

    void add(Annotation a, int width, int height) {
        all++;
        if (a.x() <= 1 && a.y() <= 1) {
            return; // at the image's corner sides and corners are the same
        }
        boxes++;
        beyond += isInside(BoxFormat.XYWH, a, width, height) ? 0 : 1;
        corners += isInside(BoxFormat.XYXY, a, width, height) ? 1 : 0;
        turned += isInside(BoxFormat.YXYX, a, width, height) ? 1 : 0;
        centres += isInside(BoxFormat.CXCYWH, a, width, height) ? 1 : 0;
        double bySides = (double) a.width() * a.height();
        double byCorners = (a.width() - (double) a.x()) * (a.height() - (double) a.y());
        double most = Math.max(bySides, Math.abs(byCorners));
        if (a.area() > 0 && Math.abs(bySides - byCorners) > 0.1 * most) {
            sized++;
            sideAreas += isNear(a.area(), a.width(), a.height()) ? 1 : 0;
            cornerAreas += isNear(a.area(), a.width() - (double) a.x(), a.height() - (double) a.y()) ? 1 : 0;
            if (byCorners > 0 && Math.abs(a.area() - byCorners) <= Math.max(0.5, 1e-5 * byCorners)) {
                exactAreas++;
                exactPixels += byCorners;
            }
        }
    }

    /** Whether a box of this format lies in the image, but for rounding. */
    static boolean isInside(BoxFormat format, Annotation a, int width, int height) {
        double[] box = format.xywh(a.x(), a.y(), a.width(), a.height(), width, height);
        double slackX = Math.max(2, 0.01 * width);
        double slackY = Math.max(2, 0.01 * height);
        return box[2] > 0
                && box[3] > 0
                && box[0] >= -slackX
                && box[1] >= -slackY
                && box[0] + box[2] <= width + slackX
                && box[1] + box[3] <= height + slackY;
    }

    /** Whether an area is that of a box, whose sides may have been rounded to pixels. */
    private static boolean isNear(double area, double width, double height) {
        return width > 0 && height > 0 && Math.abs(area - width * height) <= 1 + 0.75 * (width + height);
    }

    /** Whether this share of all boxes reaches beyond the border, of few boxes half of them. */
    private boolean isBeyond(double share) {
        return beyond > 0 && beyond >= (all < FEW ? 0.5 : share) * all;
    }

    @Nullable
    BoxFormatGuess guess() {
        // A mask has any area up to its box's: that of the corners by chance, more easily where boxes are small and
        // few.
        boolean exact = exactAreas == sized && exactPixels >= EXACT_PIXELS;
        boolean byArea = 2 * sized >= boxes
                && sized > 0
                && (exact || (sized >= FEW && cornerAreas >= 0.9 * sized))
                && sideAreas <= 0.05 * sized;
        boolean areCorners = boxes > 0 && corners >= 0.99 * boxes && (byArea || isBeyond(all < MANY ? 0.4 : 0.25));
        boolean areCentres =
                boxes > 0 && centres >= 0.995 * boxes && isBeyond(all < SOME ? 0.3 : all < MANY ? 0.2 : 0.03);
        // Corners are far more often written x first: the other order is named where that one does not fit.
        boolean areTurned = !areCorners && boxes > 0 && turned >= 0.99 * boxes && isBeyond(all < MANY ? 0.4 : 0.25);
        if (!areCorners && !areTurned && !areCentres) {
            return null;
        }
        List<BoxFormat> formats = new ArrayList<>();
        List<String> evidence = new ArrayList<>();
        if (beyond > 0) {
            evidence.add("read as " + BoxFormat.XYWH.numbers() + " " + beyond + " of " + boxes
                    + " reach beyond their image");
        }
        if (areCorners) {
            formats.add(BoxFormat.XYXY);
            evidence.add("read as " + BoxFormat.XYXY.numbers() + " " + corners + " of " + boxes + " lie inside");
        }
        if (areTurned) {
            formats.add(BoxFormat.YXYX);
            evidence.add("read as " + BoxFormat.YXYX.numbers() + " " + turned + " of " + boxes + " lie inside");
        }
        if (sized > 0 && (areCorners || areTurned) && cornerAreas >= 0.9 * sized) {
            evidence.add("'area' is (x1 - x0)*(y1 - y0) for " + cornerAreas + " of " + sized);
        } else if (areCentres) {
            formats.add(BoxFormat.CXCYWH);
            evidence.add("read as " + BoxFormat.CXCYWH.numbers() + " " + centres + " of " + boxes + " lie inside");
        }
        if (areCorners && turned >= 0.99 * boxes) {
            evidence.add("as " + BoxFormat.YXYX.numbers() + " (" + BoxFormat.YXYX + ") they would too");
        }
        return new BoxFormatGuess(formats, String.join("; ", evidence));
    }
}
