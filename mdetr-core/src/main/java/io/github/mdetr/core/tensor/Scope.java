package io.github.mdetr.core.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Frees every tensor made inside it but what is kept.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     Tensor h = relu(linear(x, w1, b1));
 *     return scope.keep(linear(h, w2, b2)); // h is freed, the result goes to the scope around
 * }
 * }</pre>
 *
 * <p>Scopes nest, one stack a thread. A tensor that a tape has saved for its gradient lives on until the tape is done
 * with it. Without an open scope a tensor is its maker's to close: operations leave nothing open but their result.
 */
public final class Scope implements AutoCloseable {
    private final Context context;
    private final @Nullable Scope parent;
    private final List<Tensor> tensors = new ArrayList<>();
    private @Nullable Set<Tensor> kept;
    private boolean open = true;

    private Scope(Context context) {
        this.context = context;
        this.parent = context.scope();
    }

    /** Opens a scope on this thread. */
    public static Scope open() {
        Context c = Context.current();
        Scope s = new Scope(c);
        c.scope(s);
        return s;
    }

    static void register(Tensor t) {
        Scope s = Context.current().scope();
        if (s != null) {
            s.tensors.add(t);
        }
    }

    /**
     * Lets {@code tensor} outlive this scope: it goes to the scope around, or to the caller when there is none. Keep several
     * together, as the last step: what was kept before an error has nobody to close it where there is no scope around.
     */
    public Tensor keep(Tensor tensor) {
        if (kept == null) {
            kept = Collections.newSetFromMap(new IdentityHashMap<>());
        }
        kept.add(tensor);
        return tensor;
    }

    /** Closes what was made inside and not kept. */
    @Override
    public void close() {
        if (!open) {
            return;
        }
        if (context.scope() != this) {
            throw new IllegalStateException("scopes must be closed in the reverse order of their opening");
        }
        open = false;
        context.scope(parent);
        for (Tensor t : tensors) {
            if (kept == null || !kept.contains(t)) {
                t.close();
            } else if (parent != null) {
                parent.tensors.add(t);
            }
        }
    }
}
