package io.github.mdetr.core.io;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Frees direct and mapped buffers at once instead of when the garbage collector comes by. */
final class DirectMemory {
    // JDK 17 has no public way; sun.misc.Unsafe is exported by jdk.unsupported for this. Looked up by name, since
    // naming
    // the class in source is a warning that cannot be suppressed. Where it is absent, the collector frees.
    private static final @Nullable MethodHandle INVOKE_CLEANER = find();

    private DirectMemory() {}

    /** Frees a buffer that owns its memory (no slice); nothing may use it or a view of it afterwards. */
    static void free(ByteBuffer buffer) {
        if (INVOKE_CLEANER != null && buffer.isDirect()) {
            try {
                INVOKE_CLEANER.invoke(buffer);
            } catch (Throwable e) {
                throw new IllegalStateException("cannot free a direct buffer", e);
            }
        }
    }

    private static @Nullable MethodHandle find() {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
                    .bindTo(instance.get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
