package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_destroy;

import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * A description of memory that this library made, about a kilobyte of native memory. What copies it, primitives among
 * them, outlives it: it lives until the end of the {@link #with} it was made in, elsewhere as long as Java refers to it.
 */
final class Descriptor extends dnnl_memory_desc {
    /** Holds the address alone: a reference to the descriptor itself would keep it for good. */
    private static final class Destroy extends dnnl_memory_desc implements Deallocator {
        Destroy(Pointer p) {
            super(p);
        }

        @Override
        public void deallocate() {
            dnnl_memory_desc_destroy(this);
        }
    }

    /** Takes over what {@code made} points to. */
    Descriptor(dnnl_memory_desc made) {
        super(made);
        deallocator(new Destroy(made));
    }

    /** Runs {@code work} and destroys the descriptors, of memory and of primitives, that were made in it. */
    @SuppressWarnings("unchecked") // an array of classes
    static <T> T with(Supplier<T> work) {
        try (PointerScope scope = new PointerScope(Descriptor.class, PrimitiveDescriptor.class)) {
            return work.get();
        }
    }

    /** The same for work that gives nothing. */
    static void run(Runnable work) {
        with(() -> {
            work.run();
            return true;
        });
    }
}
