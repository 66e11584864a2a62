package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Collects cases by kernel, and draws their inputs. */
abstract class Cases {
    /** A few float32 roundings of the largest value: sums of some hundred terms stay within. */
    static final double ROUNDING = 1e-5;

    static final int[] SIZES = {1, 3, 13, 207};

    final Map<String, List<KernelCase>> byKernel = new LinkedHashMap<>();
    final SplittableRandom random;

    Cases(long seed) {
        random = new SplittableRandom(seed);
    }

    /** All cases of all kernels. */
    static Map<String, List<KernelCase>> all() {
        Map<String, List<KernelCase>> all = new LinkedHashMap<>();
        for (Cases c : List.of(
                new MovingCases(),
                new ElementwiseCases(),
                new ReductionCases(),
                new ProductCases(),
                new NormCases(),
                new ConvolutionCases(),
                new ImageCases(),
                new OptimizerCases())) {
            c.byKernel.forEach(
                    (k, l) -> all.computeIfAbsent(k, n -> new ArrayList<>()).addAll(l));
        }
        all.put("unpack", all.get("pack")); // the same cases: there and back
        return all;
    }

    /** Adds a case whose outputs are compared by their largest magnitude. */
    final void add(String kernel, String name, List<Host> in, List<Host> out, KernelCase.Kernel call) {
        add(kernel, name, in, out, call, ROUNDING, 0);
    }

    /** Adds a case whose outputs are sums of terms around 1, which may cancel. */
    final void sums(String kernel, String name, List<Host> in, List<Host> out, KernelCase.Kernel call) {
        add(kernel, name, in, out, call, ROUNDING, 1);
    }

    final void exact(String kernel, String name, List<Host> in, List<Host> out, KernelCase.Kernel call) {
        add(kernel, name, in, out, call, 0, 0);
    }

    final void add(
            String kernel,
            String name,
            List<Host> in,
            List<Host> out,
            KernelCase.Kernel call,
            double tolerance,
            double floor) {
        StringBuilder full = new StringBuilder(name);
        in.forEach(h -> full.append(' ').append(h.dtype()).append(h.shape()));
        full.append(" →");
        out.forEach(h -> full.append(' ').append(h.shape()));
        byKernel.computeIfAbsent(kernel, k -> new ArrayList<>())
                .add(new KernelCase(full.toString(), in, out, call, tolerance, floor));
    }

    // ---- drawing ----

    final Host normal(int... dims) {
        float[] v = new float[size(dims)];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) random.nextGaussian();
        }
        return Host.of(v, dims);
    }

    /** In (0.1, 2.1). */
    final Host positive(int... dims) {
        float[] v = new float[size(dims)];
        for (int i = 0; i < v.length; i++) {
            v[i] = (float) (0.1 + 2 * random.nextDouble());
        }
        return Host.of(v, dims);
    }

    /** Small whole numbers, many of them equal. */
    final Host ties(int... dims) {
        float[] v = new float[size(dims)];
        for (int i = 0; i < v.length; i++) {
            v[i] = random.nextInt(5) - 2;
        }
        return Host.of(v, dims);
    }

    final Host indices(int below, int n) {
        int[] v = new int[n];
        for (int i = 0; i < n; i++) {
            v[i] = random.nextInt(below);
        }
        return Host.of(v, n);
    }

    final Host integers(int... dims) {
        int[] v = new int[size(dims)];
        for (int i = 0; i < v.length; i++) {
            v[i] = random.nextInt(2001) - 1000;
        }
        return Host.of(v, dims);
    }

    final Host mask(double share, int... dims) {
        boolean[] v = new boolean[size(dims)];
        for (int i = 0; i < v.length; i++) {
            v[i] = random.nextDouble() < share;
        }
        return Host.of(v, dims);
    }

    static int size(int... dims) {
        return (int) Shape.of(dims).size();
    }
}
