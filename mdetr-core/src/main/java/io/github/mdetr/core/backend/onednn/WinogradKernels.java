package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * 3×3 convolutions with four ninths of the multiplications (Winograd 1980; Lavin and Gray 2016, F(2×2, 3×3)): each tile of
 * 4×4 pixels becomes 16 sums of them, of which 16 products with transformed weights are made, whose sums are the 2×2 result
 * pixels. oneDNN has it for no x86 processor.
 *
 * <p>Pixels are first parted by the parity of row and column, so that what a tile's sums are made of lies at the same place
 * in maps of their own, and every sum is one pass over contiguous memory. A tile row has one tile more than the image
 * needs, with the next row's first pixels in it; its results are left out.
 */
final class WinogradKernels {
    /** Fewer channels, and making the sums takes longer than the multiplications saved. */
    private static final long LEAST_CHANNELS = 128;
    /** About as many bytes of sums and products at once stay in the caches. */
    private static final long STRIP = 16 << 20;

    /** Rows of the transform of the input, each of two of a tile's four pixels: d[first] ± d[second]. */
    private static final int[][] PIXELS = {{0, 2}, {1, 2}, {2, 1}, {1, 3}};

    private static final int[] SIGNS = {dnnl_binary_sub, dnnl_binary_add, dnnl_binary_sub, dnnl_binary_sub};

    private static final float[][] WEIGHTS = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};
    /** What gives the weights back. */
    private static final float[][] BACK = {{1, 0, 0, 0}, {0, 1, -1, 0}, {0, 0, 0, 1}};

    /** Rows that weights are laid out for. */
    private static final long NOMINAL_ROWS = 256;

    private final Primitives primitives;
    private final MatrixKernels matrices;
    private final Reorders reorders;
    private final Map<Primitives.Key, Layout> layouts = new HashMap<>();

    WinogradKernels(Primitives primitives, MatrixKernels matrices, Reorders reorders) {
        this.primitives = primitives;
        this.matrices = matrices;
        this.reorders = reorders;
    }

    // ---- weights ----

    /** Whether a packed weight is best convolved with in this way. */
    static boolean suits(Conv c) {
        return c.type() == DType.FLOAT32
                && c.ky() == 3
                && c.kx() == 3
                && c.window().groups() == 1
                && c.window().strideY() == 1
                && c.window().strideX() == 1
                && c.window().dilation() == 1
                && Math.min(c.c(), c.oc()) >= LEAST_CHANNELS;
    }

    /** That of transformed weights [16, C, out], as products want it, whatever the number of rows. */
    Layout layout(Conv c) {
        return layouts.computeIfAbsent(
                new Primitives.Key("winograd", c.c(), c.oc()),
                k -> Descriptor.with(() -> matrices.weightLayout(
                        Dnnl.dense(16, NOMINAL_ROWS, c.c()),
                        Dnnl.any(DType.FLOAT32, 16, c.c(), c.oc()),
                        Dnnl.dense(16, NOMINAL_ROWS, c.oc()))));
    }

    /** Whether a weight lies so. */
    static boolean isTransformed(Layout layout) {
        return Dnnl.dims(layout.descriptor).length == 3;
    }

    /** Transforms a plain weight [out, C, 3, 3]. */
    void transform(Tensor plain, Layout layout, Tensor out) {
        long width = plain.dim(0);
        long in = plain.dim(1);
        try (Tensor taps = floats(plain, plain.size());
                Tensor sums = floats(plain, 16 * in * width)) {
            reorders.reordered(new long[] {3, 3, in, width}, new long[] {1, 3, 9, 9 * in}, plain, taps);
            combine(WEIGHTS, taps, sums, in * width);
            Descriptor.run(() -> reorders.reorder(Dnnl.dense(16, in, width), layout.descriptor, sums, out));
        }
    }

    /** The plain weight of a transformed one. */
    void restore(Tensor transformed, Layout layout, Tensor plain) {
        long width = plain.dim(0);
        long in = plain.dim(1);
        try (Tensor taps = floats(plain, plain.size());
                Tensor sums = floats(plain, 16 * in * width)) {
            Descriptor.run(() -> reorders.reorder(layout.descriptor, Dnnl.dense(16, in, width), transformed, sums));
            combine(BACK, sums, taps, in * width);
            long[] strides = {1, width, in * width, 3 * in * width};
            reorders.reordered(new long[] {width, in, 3, 3}, strides, taps, plain);
        }
    }

    /** out = (m ⊗ m)·x over the two axes of taps or sums, the horizontal before the vertical, each with {@code n} numbers. */
    private void combine(float[][] m, Tensor x, Tensor out, long n) {
        int rows = m.length;
        int columns = m[0].length;
        int from = columns * columns;
        int to = rows * rows;
        float[] both = new float[to * from];
        for (int i = 0; i < to; i++) {
            for (int j = 0; j < from; j++) {
                both[i * from + j] = m[i / rows][j / columns] * m[i % rows][j % columns];
            }
        }
        try (Tensor map = Tensor.of(both, to, from)) {
            primitives.run(
                    new Primitives.Key("winogradWeight", to, from, n),
                    () -> matrices.product(
                            "winogradWeight", Dnnl.dense(to, from), Dnnl.dense(from, n), Dnnl.dense(to, n)),
                    OneDnnBackend.address(map),
                    OneDnnBackend.address(x),
                    OneDnnBackend.address(out));
        }
    }

    // ---- convolution ----

    /** What of an image is convolved at once: {@code rows} rows of tiles from {@code first} on. */
    private record Strip(Conv conv, int image, int first, int rows) {
        /** Tiles in a row, the surplus one among them. */
        long pitch() {
            return (conv.ow() + 1) / 2 + 1;
        }

        /** Pixels of a map of tiles, and one more that sums of the last row's surplus tile reach. */
        long pixels() {
            return rows * pitch() + 1;
        }

        /** Those of a map of pixels of one parity, which has a row more. */
        long pixelsOfParity() {
            return pixels() + pitch();
        }
    }

    /** f(x ∗ w + bias + residual), {@code w} transformed; the residual may be the result's memory. */
    void forward(
            Conv conv, Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor residual, Activation f, Tensor out) {
        Layout layout = layout(conv);
        int tileRows = Math.toIntExact((conv.oh() + 1) / 2);
        long perRow = 16 * (conv.c() + conv.oc()) * ((conv.ow() + 1) / 2 + 1) * Float.BYTES;
        int most = (int) Math.max(1, Math.min(tileRows, STRIP / perRow));
        int strips = (tileRows + most - 1) / most;
        int rows = (tileRows + strips - 1) / strips;
        for (int image = 0; image < conv.b(); image++) {
            for (int first = 0; first < tileRows; first += rows) {
                Strip strip = new Strip(conv, image, first, Math.min(rows, tileRows - first));
                try (Tensor sums = sums(strip, x);
                        Tensor products = products(strip, sums, w, layout)) {
                    results(strip, products, bias, residual, f, out);
                }
            }
        }
    }

    private static Tensor floats(Tensor like, long n) {
        return Tensor.empty(like.device(), DType.FLOAT32, Shape.of(Math.toIntExact(n)));
    }

    /** The 16 sums of each tile's pixels: [horizontal 4, vertical 4, pixels, C]. */
    private Tensor sums(Strip s, Tensor x) {
        long bytes = s.conv.c() * Float.BYTES;
        long pixels = s.pixels();
        long half = 4 * pixels + 1; // the vertical sums of one column parity
        try (Tensor parities = floats(x, 4 * s.pixelsOfParity() * s.conv.c());
                Tensor vertical = floats(x, 2 * half * s.conv.c());
                Tensor out = floats(x, 16 * pixels * s.conv.c())) {
            long from = OneDnnBackend.address(parities);
            long between = OneDnnBackend.address(vertical);
            long to = OneDnnBackend.address(out);
            for (int parity = 0; parity < 4; parity++) {
                part(s, x, parity / 2, parity % 2, from + parity * s.pixelsOfParity() * bytes);
            }
            for (int px = 0; px < 2; px++) {
                for (int k = 0; k < 4; k++) {
                    long a = from
                            + ((PIXELS[k][0] % 2 * 2 + px) * s.pixelsOfParity() + PIXELS[k][0] / 2 * s.pitch()) * bytes;
                    long b = from
                            + ((PIXELS[k][1] % 2 * 2 + px) * s.pixelsOfParity() + PIXELS[k][1] / 2 * s.pitch()) * bytes;
                    sum(SIGNS[k], pixels, s.conv.c(), a, b, between + (px * half + k * pixels) * bytes);
                }
                zero(between + (px * half + half - 1) * bytes, bytes);
            }
            for (int l = 0; l < 4; l++) {
                long a = between + (PIXELS[l][0] % 2 * half + PIXELS[l][0] / 2) * bytes;
                long b = between + (PIXELS[l][1] % 2 * half + PIXELS[l][1] / 2) * bytes;
                sum(SIGNS[l], 4 * pixels, s.conv.c(), a, b, to + 4L * l * pixels * bytes);
            }
            return out.retained();
        }
    }

    /** The image's pixels of one parity, zeros where it has none. */
    private void part(Strip s, Tensor x, long py, long px, long to) {
        Conv c = s.conv;
        long bytes = c.c() * Float.BYTES;
        long top = 2L * s.first + py - c.window().top(); // the image's row of the map's first
        long left = px - c.window().left();
        long mapRows = s.rows + 1L;
        long y0 = within(-top, mapRows);
        long y1 = within(c.h() - top, mapRows);
        long x0 = within(-left, s.pitch());
        long x1 = within(c.w() - left, s.pitch());
        if (y0 >= y1 || x0 >= x1) {
            zero(to, s.pixelsOfParity() * bytes);
            return;
        }
        zero(to, (y0 * s.pitch() + x0) * bytes);
        for (long y = y0; y < y1; y++) { // from the end of a row to the start of the next
            long end = y + 1 < y1 ? (y + 1) * s.pitch() + x0 : s.pixelsOfParity();
            zero(to + (y * s.pitch() + x1) * bytes, (end - y * s.pitch() - x1) * bytes);
        }
        reorders.move(
                new long[] {y1 - y0, x1 - x0, c.c()},
                new long[] {2 * c.w() * c.c(), 2 * c.c(), 1},
                OneDnnBackend.address(x) + ((s.image * c.h() + top + 2 * y0) * c.w() + left + 2 * x0) * bytes,
                new long[] {s.pitch() * c.c(), c.c(), 1},
                to + (y0 * s.pitch() + x0) * bytes);
    }

    /** How many steps of two make {@code distance}, rounded up, between 0 and {@code most}. */
    private static long within(long distance, long most) {
        return Math.max(0, Math.min(most, Math.floorDiv(distance + 1, 2)));
    }

    private static void zero(long at, long bytes) {
        if (bytes > 0) {
            Pointer.memset(new Address(at), 0, bytes);
        }
    }

    /** The products of sums and weights: [16, pixels, out]. */
    private Tensor products(Strip s, Tensor sums, Tensor w, Layout layout) {
        long pixels = s.pixels();
        long in = s.conv.c();
        long width = s.conv.oc();
        try (Tensor out = floats(sums, 16 * pixels * width)) {
            primitives.run(
                    new Primitives.Key("winogradProducts", pixels, in, width),
                    () -> matrices.product(
                            "winogradProducts",
                            Dnnl.dense(16, pixels, in),
                            layout.descriptor,
                            Dnnl.dense(16, pixels, width)),
                    OneDnnBackend.address(sums),
                    OneDnnBackend.address(w),
                    OneDnnBackend.address(out));
            return out.retained();
        }
    }

    /** Sums the products to the tiles' 2×2 result pixels and puts those in their places. */
    private void results(
            Strip s, Tensor products, @Nullable Tensor bias, @Nullable Tensor residual, Activation f, Tensor out) {
        long width = s.conv.oc();
        long pixels = s.pixels();
        long map = pixels * width * Float.BYTES;
        try (Tensor horizontal = floats(products, 8 * pixels * width);
                Tensor tile = floats(products, pixels * width);
                Tensor added = floats(products, residual == null ? 0 : pixels * width)) {
            long from = OneDnnBackend.address(products);
            long between = OneDnnBackend.address(horizontal);
            long to = OneDnnBackend.address(tile);
            long half = 4 * map;
            for (int j = 0; j < 2; j++) {
                sum(j, 4 * pixels, width, from, half, 0, 0, Activation.IDENTITY, between + j * half);
            }
            for (int i = 0; i < 2; i++) {
                for (int j = 0; j < 2; j++) {
                    long plus = residual == null ? 0 : OneDnnBackend.address(added);
                    if (residual != null) {
                        interleave(s, i, j, OneDnnBackend.address(residual), plus, false);
                    }
                    sum(
                            i,
                            pixels,
                            width,
                            between + j * half,
                            map,
                            bias == null ? 0 : OneDnnBackend.address(bias),
                            plus,
                            f,
                            to);
                    interleave(s, i, j, OneDnnBackend.address(out), to, true);
                }
            }
        }
    }

    /** Copies every second pixel of every second row between the result, or what is like it, and a map of tiles. */
    private void interleave(Strip s, int i, int j, long result, long map, boolean toResult) {
        Conv c = s.conv;
        long k = c.oc();
        long rows = Math.min(s.rows, (c.oh() - i + 1) / 2 - s.first);
        long columns = (c.ow() - j + 1) / 2;
        if (rows <= 0 || columns <= 0) {
            return;
        }
        long[] dims = {rows, columns, k};
        long[] apart = {2 * c.ow() * k, 2 * k, 1};
        long[] together = {s.pitch() * k, k, 1};
        long pixel = result + ((s.image * c.oh() + 2L * s.first + i) * c.ow() + j) * k * Float.BYTES;
        if (toResult) {
            reorders.move(dims, together, map, apart, pixel);
        } else {
            reorders.move(dims, apart, pixel, together, map);
        }
    }

    // ---- sums ----

    /** a ± b, {@code rows} of {@code channels} each. */
    private void sum(int sign, long rows, long channels, long a, long b, long to) {
        primitives.run(
                new Primitives.Key("winogradSum", sign, rows, channels),
                () -> sum(sign, rows, channels, false, false, false, Activation.IDENTITY),
                a,
                b,
                to);
    }

    /**
     * One of the two rows of the results' transform, m₀ + m₁ + m₂ or m₁ − m₂ − m₃, the m {@code step} bytes apart; and
     * f(that + bias + plus), 0 standing for none.
     */
    private void sum(
            int row, long rows, long channels, long m, long step, long bias, long plus, Activation f, long to) {
        long first = m + row * step;
        long[] at = {first, first + step, to, first + 2 * step, bias, plus};
        int n = 4;
        for (int i = n; i < 6; i++) {
            if (at[i] != 0) {
                at[n++] = at[i];
            }
        }
        int sign = row == 0 ? dnnl_binary_add : dnnl_binary_sub;
        primitives.run(
                new Primitives.Key(
                        "winogradResult",
                        sign,
                        rows,
                        channels,
                        bias == 0 ? 0 : 1,
                        plus == 0 ? 0 : 1,
                        Dnnl.algorithm(f)),
                () -> sum(sign, rows, channels, true, bias != 0, plus != 0, f),
                Arrays.copyOf(at, n));
    }

    private Prepared sum(int sign, long rows, long channels, boolean third, boolean bias, boolean plus, Activation f) {
        dnnl_memory_desc md = Dnnl.dense(rows, channels);
        dnnl_memory_desc each = Dnnl.dense(1, channels);
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes a = new Dnnl.Attributes()) {
            int thirdId = third ? a.binary(sign, md) : 0;
            int biasId = bias ? a.binary(dnnl_binary_add, each) : 0;
            int plusId = plus ? a.binary(dnnl_binary_add, md) : 0;
            a.activation(f);
            Dnnl.check(
                    dnnl_binary_primitive_desc_create(pd, primitives.engine, sign, md, md, md, a.done()), "winograd");
            Prepared.Builder b = new Prepared.Builder("winogradSum", primitives.engine, pd)
                    .argument(DNNL_ARG_SRC_0, md)
                    .argument(DNNL_ARG_SRC_1, md)
                    .argument(DNNL_ARG_DST, md);
            if (third) {
                b.argument(thirdId, md);
            }
            if (bias) {
                b.argument(biasId, each);
            }
            if (plus) {
                b.argument(plusId, md);
            }
            return b.build();
        }
    }
}
