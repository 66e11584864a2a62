package io.github.mdetr.examples.synthetic.scene;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.image.ImageSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which object each pixel shows at its centre: the instance masks of a scene. */
public final class InstanceMap {
    /** Where no object is seen. */
    public static final int FLOOR = -1;

    private final ImageSize size;
    private final byte[] object;
    private final int[] unoccluded;
    private final boolean inOrder;

    private InstanceMap(ImageSize size, byte[] object, int[] unoccluded, boolean inOrder) {
        this.size = size;
        this.object = object;
        this.unoccluded = unoccluded;
        this.inOrder = inOrder;
    }

    /** What the camera sees of the bodies. */
    static InstanceMap trace(Camera camera, List<Solid> solids) {
        ImageSize size = camera.size();
        int pixels = Math.toIntExact(size.pixels());
        byte[] object = new byte[pixels];
        Arrays.fill(object, (byte) FLOOR);
        double[] distance = new double[pixels];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        int[] unoccluded = new int[solids.size()];
        boolean inOrder = true;
        double[] ray = new double[3];
        for (int i = 0; i < solids.size(); i++) {
            Solid solid = solids.get(i);
            Frame frame = Frame.around(solid, camera);
            for (int y = frame.top(); y < frame.bottom(); y++) {
                for (int x = frame.left(); x < frame.right(); x++) {
                    camera.ray(x + 0.5, y + 0.5, ray);
                    double t = solid.hit(0, camera.eyeY(), camera.eyeZ(), ray[0], ray[1], ray[2]);
                    if (t < Double.POSITIVE_INFINITY) {
                        unoccluded[i]++;
                        int at = y * size.width() + x;
                        boolean nearer = t < distance[at];
                        inOrder &= object[at] == FLOOR
                                || nearer == solid.z() < solids.get(object[at]).z();
                        if (nearer) {
                            distance[at] = t;
                            object[at] = (byte) i;
                        }
                    }
                }
            }
        }
        return new InstanceMap(size, object, unoccluded, inOrder);
    }

    /** Size of the image. */
    public ImageSize size() {
        return size;
    }

    /** How many objects were placed, whether a pixel shows them or not. */
    public int objects() {
        return unoccluded.length;
    }

    /** The index of the object that a pixel shows, or {@link #FLOOR}. */
    public int at(int x, int y) {
        return object[y * size.width() + x];
    }

    /** An object's mask, {@code [height, width]} row-major. */
    public boolean[] mask(int index) {
        boolean[] mask = new boolean[object.length];
        for (int p = 0; p < mask.length; p++) {
            mask[p] = object[p] == index;
        }
        return mask;
    }

    /** An object's mask as COCO's runs: lengths outside and inside by turns, column by column, beginning outside. */
    public List<Integer> runs(int index) {
        List<Integer> runs = new ArrayList<>();
        boolean inside = false;
        int length = 0;
        for (int x = 0; x < size.width(); x++) {
            for (int y = 0; y < size.height(); y++) {
                if ((at(x, y) == index) != inside) {
                    runs.add(length);
                    length = 0;
                    inside = !inside;
                }
                length++;
            }
        }
        runs.add(length);
        return runs;
    }

    /** Whether no object hides a part of one that stands nearer: the edge of a wide one behind may reach that far. */
    boolean isInOrder() {
        return inOrder;
    }

    /** How many pixels would show an object if nothing stood in front of it. */
    public int unoccludedPixels(int index) {
        return unoccluded[index];
    }

    /** Of each object the smallest box around its pixels and their number; an object that is hidden has 0 of them. */
    List<Extent> extents() {
        int[] left = new int[objects()];
        Arrays.fill(left, Integer.MAX_VALUE);
        int[] top = left.clone();
        int[] right = new int[objects()];
        int[] bottom = new int[objects()];
        int[] count = new int[objects()];
        for (int y = 0, p = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++, p++) {
                int i = object[p];
                if (i >= 0) {
                    left[i] = Math.min(left[i], x);
                    right[i] = Math.max(right[i], x + 1);
                    top[i] = Math.min(top[i], y);
                    bottom[i] = y + 1;
                    count[i]++;
                }
            }
        }
        List<Extent> extents = new ArrayList<>();
        for (int i = 0; i < count.length; i++) {
            extents.add(new Extent(new PixelBox(left[i], top[i], right[i], bottom[i]), count[i]));
        }
        return extents;
    }

    /**
     * What is seen of an object.
     *
     * @param box around its pixels; without meaning when there are none
     * @param pixels their number
     */
    record Extent(PixelBox box, int pixels) {}
}
