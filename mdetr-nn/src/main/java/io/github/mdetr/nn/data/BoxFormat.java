package io.github.mdetr.nn.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What the four numbers of a box are. The published format has {@link #XYWH}; tools write others into the same field. */
public enum BoxFormat {
    /** Left, upper edge, width and height in pixels, as COCO and the published files have it. */
    XYWH,
    /** Left, upper, right and lower edge in pixels, as Pascal VOC. */
    XYXY,
    /** Upper, left, lower and right edge in pixels: TensorFlow's order. */
    YXYX,
    /** Centre, width and height in pixels. */
    CXCYWH,
    /** As {@link #XYWH}, of the image's width and height. */
    NORMALIZED_XYWH,
    /** As {@link #XYXY}, of the image's width and height. */
    NORMALIZED_XYXY,
    /** As {@link #CXCYWH}, of the image's width and height, as YOLO and DETR. */
    NORMALIZED_CXCYWH,
    /** As {@link #XYWH}, in hundredths of the image's width and height, as Label Studio. */
    PERCENT_XYWH;

    private static final String ALL =
            Arrays.stream(values()).map(BoxFormat::toString).collect(Collectors.joining(", "));

    /**
     * The format of a name such as {@code normalized-xyxy}.
     *
     * @throws IllegalArgumentException naming those that there are
     */
    public static BoxFormat of(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
        return Arrays.stream(values())
                .filter(f -> f.toString().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected a format of boxes, one of " + ALL + ", got '" + name + "'"));
    }

    /** What the numbers are, in brackets. */
    public String numbers() {
        return switch (this) {
            case XYWH -> "[x, y, width, height]";
            case XYXY -> "[x0, y0, x1, y1]";
            case YXYX -> "[y0, x0, y1, x1]";
            case CXCYWH -> "[centre x, centre y, width, height]";
            case NORMALIZED_XYWH -> "[x, y, width, height] from 0 to 1";
            case NORMALIZED_XYXY -> "[x0, y0, x1, y1] from 0 to 1";
            case NORMALIZED_CXCYWH -> "[centre x, centre y, width, height] from 0 to 1";
            case PERCENT_XYWH -> "[x, y, width, height] in percent";
        };
    }

    /** An annotation whose box is of this format, with the box as published; all else as it is. */
    Annotation published(Annotation a, int width, int height) {
        double[] box = xywh(a.x(), a.y(), a.width(), a.height(), width, height);
        return new Annotation(
                a.id(),
                (float) box[0],
                (float) box[1],
                (float) box[2],
                (float) box[3],
                a.area(),
                a.crowd(),
                a.tokensPositive(),
                a.isFinal(),
                a.segmentation());
    }

    /**
     * Four numbers of this format as {@link #XYWH}.
     *
     * @param width of the image in pixels
     * @param height of the image in pixels
     */
    public double[] xywh(double a, double b, double c, double d, int width, int height) {
        return switch (this) {
            case XYWH -> new double[] {a, b, c, d};
            case XYXY -> new double[] {a, b, c - a, d - b};
            case YXYX -> new double[] {b, a, d - b, c - a};
            case CXCYWH -> new double[] {a - c / 2, b - d / 2, c, d};
            case NORMALIZED_XYWH -> XYWH.xywh(a * width, b * height, c * width, d * height, width, height);
            case NORMALIZED_XYXY -> XYXY.xywh(a * width, b * height, c * width, d * height, width, height);
            case NORMALIZED_CXCYWH -> CXCYWH.xywh(a * width, b * height, c * width, d * height, width, height);
            case PERCENT_XYWH -> NORMALIZED_XYWH.xywh(a / 100, b / 100, c / 100, d / 100, width, height);
        };
    }

    /** Its name in options: {@code normalized-xyxy}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
