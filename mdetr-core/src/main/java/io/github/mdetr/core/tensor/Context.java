package io.github.mdetr.core.tensor;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What holds on a thread: the open scope, the recording tape, the device of new tensors, and when to give work up. A device
 * that computes on a thread of its own carries the caller's context there, so that scopes and tapes do not notice.
 */
public final class Context {
    private static final ThreadLocal<Context> CURRENT = ThreadLocal.withInitial(Context::new);

    private @Nullable Scope scope;
    private @Nullable Object tape;
    private @Nullable Device device;
    private @Nullable Cancellation cancellation;

    private Context() {}

    /** The context of this thread. */
    public static Context current() {
        return CURRENT.get();
    }

    /** Runs {@code work} on this thread under this context, which another thread made and waits with. */
    public <T> T carry(Supplier<T> work) {
        Context own = CURRENT.get();
        CURRENT.set(this);
        try {
            return work.get();
        } finally {
            CURRENT.set(own);
        }
    }

    /** Runs {@code work} with {@code device} as the device of new tensors. */
    public static <T> T with(Device device, Supplier<T> work) {
        Context c = current();
        Device before = c.device;
        c.device = device;
        try {
            return work.get();
        } finally {
            c.device = before;
        }
    }

    /** Replaces the recording tape (autograd's own type) and returns the one before. */
    public @Nullable Object swapTape(@Nullable Object next) {
        Object before = tape;
        tape = next;
        return before;
    }

    /** The recording tape, or null. */
    public @Nullable Object tape() {
        return tape;
    }

    @Nullable
    Scope scope() {
        return scope;
    }

    void scope(@Nullable Scope next) {
        scope = next;
    }

    @Nullable
    Device device() {
        return device;
    }

    @Nullable
    Cancellation cancellation() {
        return cancellation;
    }

    void cancellation(@Nullable Cancellation next) {
        cancellation = next;
    }
}
