package io.github.mdetr.core.autograd;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Reduce;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records the operations on watched tensors, so that {@link #backward} can walk them in reverse.
 *
 * <pre>{@code
 * try (var scope = Scope.open(); var tape = Tape.record()) {
 *     tape.watch(w);
 *     Tensor loss = sum(square(matmul(x, w)));
 *     try (Gradients g = tape.backward(loss)) {
 *         Tensor dw = g.of(w); // 2·xᵀ·(x·w)
 *     }
 * }
 * }</pre>
 *
 * <p>The tape holds what the gradients need of the forward pass even when the scope it was made in has ended, and lets
 * go of it as the walk consumes it, at the latest in {@link #close}. One tape records a thread at a time; gradients of
 * gradients are not recorded.
 */
public final class Tape implements AutoCloseable {

    /** The gradient of one operation by one of its inputs. */
    @FunctionalInterface
    public interface InputGradient {
        /**
         * The vector-Jacobian product.
         *
         * @param g gradient by the operation's output, of its shape
         * @param saved the tensors that the operation saved, in its order
         * @return the gradient by the input; where its shape is the broadcast one, the walk sums it back
         */
        Tensor apply(Tensor g, Tensor[] saved);
    }

    /** The gradients of one operation by all of its inputs at once, where they share work. */
    @FunctionalInterface
    public interface JointGradient {
        /** One gradient for each input in the order of their naming; entries that are not needed may be null. */
        @Nullable
        Tensor[] apply(Tensor g, Tensor[] saved, boolean[] needed);
    }

    private record Edge(int node, Shape shape, @Nullable InputGradient gradient) {}

    private static final class Node {
        final String op;
        final @Nullable Tensor leaf;
        Tensor[] saved = {};
        List<@Nullable Edge> inputs = List.of();

        @Nullable
        JointGradient joint;

        Node(String op, @Nullable Tensor leaf) {
            this.op = op;
            this.leaf = leaf;
        }

        void release() {
            for (Tensor t : saved) {
                t.close();
            }
            saved = new Tensor[0];
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final IdentityHashMap<Tensor, Integer> index = new IdentityHashMap<>();
    private final Context context = Context.current();
    private final @Nullable Object outer;
    private boolean open = true;
    private boolean consumed;

    private Tape() {
        outer = context.swapTape(this);
    }

    /** Starts recording on this thread, until {@link #close}. */
    public static Tape record() {
        return new Tape();
    }

    /** The tape recording on this thread, or null. */
    public static @Nullable Tape current() {
        return (Tape) Context.current().tape();
    }

    /** Asks for the gradient by {@code leaf}. */
    public void watch(Tensor leaf) {
        if (!index.containsKey(leaf)) {
            index.put(leaf, nodes.size());
            nodes.add(new Node("leaf", leaf));
        }
    }

    /** Whether {@code t} is watched or was computed from what is. */
    public boolean tracks(Tensor t) {
        return index.containsKey(t);
    }

    /** Whether a tape records here and tracks any of {@code inputs} (null ones are passed over). */
    public static boolean isRecording(@Nullable Tensor... inputs) {
        Tape t = current();
        if (t != null) {
            for (Tensor x : inputs) {
                if (x != null && t.tracks(x)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Starts the record of the operation that made {@code output}; for operations. */
    public static Recorder op(String name, Tensor output) {
        return new Recorder(current(), name, output);
    }

    /** The record of one operation under way. Records nothing when no input is tracked. */
    public static final class Recorder {
        private final @Nullable Tape tape;
        private final String name;
        private final Tensor output;
        private Tensor[] saved = {};
        private final List<@Nullable Edge> inputs = new ArrayList<>(3);
        private boolean tracked;

        private Recorder(@Nullable Tape tape, String name, Tensor output) {
            this.tape = tape;
            this.name = name;
            this.output = output;
        }

        /** What the gradients need; held until the walk has passed. */
        public Recorder saving(Tensor... tensors) {
            saved = tensors;
            return this;
        }

        /** Names an input and its gradient. */
        public Recorder input(@Nullable Tensor x, @Nullable InputGradient gradient) {
            if (tape != null) {
                Integer node = x == null ? null : tape.index.get(x);
                inputs.add(node == null || x == null ? null : new Edge(node, x.shape(), gradient));
                tracked |= node != null;
            }
            return this;
        }

        /** Ends the record; gives the output. */
        public Tensor done() {
            return add(null);
        }

        /** Ends the record with one function for all the gradients; gives the output. */
        public Tensor done(JointGradient joint) {
            return add(joint);
        }

        private Tensor add(@Nullable JointGradient joint) {
            if (tape != null && tracked) {
                Node n = new Node(name, null);
                n.inputs = inputs;
                n.joint = joint;
                n.saved = new Tensor[saved.length];
                for (int i = 0; i < saved.length; i++) {
                    n.saved[i] = saved[i].retained();
                }
                tape.index.put(output, tape.nodes.size());
                tape.nodes.add(n);
            }
            return output;
        }
    }

    /**
     * The gradients of {@code loss}, a float of one element, by every watched tensor it depends on. Consumes the tape:
     * what it saved is let go as the walk passes, so it can be called once.
     *
     * @throws IllegalArgumentException when {@code loss} is not one tracked float
     * @throws IllegalStateException when called again
     */
    public Gradients backward(Tensor loss) {
        if (consumed) {
            throw new IllegalStateException(
                    "backward: this tape has been walked and holds nothing more; record anew, or"
                            + " add the losses up before the one walk");
        }
        Integer last = index.get(loss);
        if (last == null || loss.size() != 1 || loss.dtype() != DType.FLOAT32) {
            throw new IllegalArgumentException("backward: expected one float computed from a watched tensor on this"
                    + " tape, got " + loss + (last == null ? ", which depends on none" : ""));
        }
        consumed = true;
        Object recording = context.swapTape(null);
        Gradients result = new Gradients();
        Tensor[] pending = new Tensor[last + 1];
        try (Scope scope = Scope.open()) {
            Backend b = Backend.of(loss);
            Tensor one = Tensor.empty(b, DType.FLOAT32, loss.shape());
            b.fill(one, 1);
            pending[last] = one.retained();
            for (int i = last; i >= 0; i--) {
                Tensor g = pending[i];
                pending[i] = null;
                Node n = nodes.get(i);
                if (g == null) {
                    n.release();
                } else if (n.leaf != null) {
                    result.put(n.leaf, g);
                } else {
                    try {
                        propagate(n, g, pending);
                    } finally {
                        g.close();
                        n.release();
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        } finally {
            for (Tensor t : pending) {
                if (t != null) {
                    t.close();
                }
            }
            context.swapTape(recording);
        }
        return result;
    }

    private static void propagate(Node n, Tensor g, Tensor[] pending) {
        try (Scope scope = Scope.open()) {
            @Nullable Tensor[] grads = new Tensor[n.inputs.size()];
            if (n.joint != null) {
                boolean[] needed = new boolean[grads.length];
                for (int k = 0; k < needed.length; k++) {
                    needed[k] = n.inputs.get(k) != null;
                }
                grads = n.joint.apply(g, n.saved, needed);
            }
            for (int k = 0; k < grads.length; k++) {
                Edge e = n.inputs.get(k);
                if (e == null) {
                    continue;
                }
                Tensor d = e.gradient() != null ? e.gradient().apply(g, n.saved) : grads[k];
                if (d == null) {
                    throw new IllegalStateException(n.op + ": no gradient for input " + k);
                }
                accumulate(e, d, pending);
            }
        }
    }

    /** Adds {@code d}, summed back to the input's shape, to what other uses of the input gave. */
    private static void accumulate(Edge e, Tensor d, Tensor[] pending) {
        Tensor summed = d.shape().equals(e.shape()) ? d : sumTo(d, e.shape());
        Tensor before = pending[e.node()];
        if (before == null) {
            pending[e.node()] = summed.retained(); // d may be g or a saved tensor itself: take a handle of our own
            return;
        }
        Backend b = Backend.of(before);
        if (before.storage().isExclusive()) {
            b.binary(Binary.ADD, before, summed, before);
        } else {
            Tensor total = Tensor.empty(b, DType.FLOAT32, before.shape());
            b.binary(Binary.ADD, before, summed, total);
            pending[e.node()] = total.retained();
            before.close();
        }
    }

    /** Undoes broadcasting: sums over the axes along which {@code shape} was repeated. */
    private static Tensor sumTo(Tensor d, Shape shape) {
        int[] dims = new int[d.shape().rank()];
        int lead = dims.length - shape.rank();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i < lead ? 1 : shape.dim(i - lead);
        }
        Backend b = Backend.of(d);
        Tensor out = Tensor.empty(b, DType.FLOAT32, Shape.of(dims));
        b.reduce(Reduce.SUM, d, out);
        return out.view(shape);
    }

    /** Stops recording and lets go of everything saved. */
    @Override
    public void close() {
        if (open) {
            open = false;
            context.swapTape(outer);
            nodes.forEach(Node::release);
            nodes.clear();
            index.clear();
        }
    }
}
