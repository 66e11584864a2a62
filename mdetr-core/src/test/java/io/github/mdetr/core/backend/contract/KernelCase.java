package io.github.mdetr.core.backend.contract;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a kernel: the inputs, what the outputs hold before, and the call.
 *
 * @param tolerance largest difference from the reference, as a share of the largest expected magnitude
 * @param floor the least magnitude that the share is taken of: that of what the kernel adds up, which may cancel
 */
record KernelCase(String name, List<Host> inputs, List<Host> outputs, Kernel kernel, double tolerance, double floor) {

    /** A call of a kernel. */
    interface Kernel {
        void run(Backend b, Tensor[] in, Tensor[] out);
    }

    /** Where the tensors lie. */
    enum Layout {
        /** Each in a block of its own. */
        PLAIN,
        /** Each in the midst of a larger block, at an odd offset. */
        OFFSET
    }

    /** What the outputs hold after the call on {@code device}, the kernel being called on {@code backend}. */
    List<Host> run(Backend device, Backend backend, Layout layout) {
        List<Host> results = new ArrayList<>();
        TestBackends.on(device, () -> {
            try (Scope scope = Scope.open()) {
                List<Tensor> blocks = new ArrayList<>();
                Tensor[] in = tensors(inputs, layout, blocks);
                Tensor[] out = tensors(outputs, layout, blocks);
                kernel.run(backend, in, out);
                for (int i = 0; i < in.length; i++) {
                    if (!Host.read(in[i]).same(inputs.get(i))) {
                        throw new AssertionError("the kernel has changed its input " + i);
                    }
                }
                for (Tensor block : blocks) {
                    if (!Host.guardsStand(block)) {
                        throw new AssertionError("the kernel has written beside a view");
                    }
                }
                for (Tensor t : out) {
                    results.add(Host.read(t));
                }
            }
        });
        return results;
    }

    private static Tensor[] tensors(List<Host> hosts, Layout layout, List<Tensor> blocks) {
        Tensor[] out = new Tensor[hosts.size()];
        for (int i = 0; i < out.length; i++) {
            if (layout == Layout.PLAIN) {
                out[i] = hosts.get(i).plain();
            } else {
                Tensor block = hosts.get(i).block();
                blocks.add(block);
                out[i] = hosts.get(i).inside(block);
            }
        }
        return out;
    }

    /** What is wrong on {@code tested}, or null. */
    @Nullable
    String difference(Backend tested, Layout layout, List<Host> expected) {
        List<Host> got;
        try {
            got = run(tested, tested, layout);
        } catch (AssertionError | RuntimeException e) {
            return e.toString();
        }
        for (int i = 0; i < expected.size(); i++) {
            String d = difference(expected.get(i), got.get(i));
            if (d != null) {
                return (expected.size() > 1 ? "output " + i : "output") + d;
            }
        }
        return null;
    }

    private @Nullable String difference(Host expected, Host got) {
        if (!(expected.data() instanceof float[] e)) {
            return expected.same(got) ? null : " differs: expected exactly what the reference gives";
        }
        float[] g = got.floats();
        double largest = floor;
        for (float v : e) {
            largest = Float.isFinite(v) ? Math.max(largest, Math.abs(v)) : largest;
        }
        for (int i = 0; i < e.length; i++) {
            boolean fits = Float.isFinite(e[i])
                    ? Math.abs((double) g[i] - e[i]) <= tolerance * largest
                    : Float.compare(e[i], g[i]) == 0;
            if (!fits) {
                return "[" + i + "] of " + expected.shape() + ": expected " + e[i] + ", got " + g[i]
                        + ", largest expected magnitude " + largest;
            }
        }
        return null;
    }
}
