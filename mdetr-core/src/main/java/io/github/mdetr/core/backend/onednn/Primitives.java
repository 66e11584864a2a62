package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.jspecify.annotations.Nullable;

/**
 * The primitives made so far, by what they compute and its shapes; the least recently used are let go. Used on the native
 * thread alone. All share one scratch block, since one runs at a time.
 */
final class Primitives {
    /** What tells primitives apart. */
    static final class Key {
        private final String op;
        private final long[] figures;
        private final int hash;

        Key(String op, long... figures) {
            this.op = op;
            this.figures = figures;
            this.hash = 31 * op.hashCode() + Arrays.hashCode(figures);
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Key k && hash == k.hash && op.equals(k.op) && Arrays.equals(figures, k.figures);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public String toString() {
            return op + Arrays.toString(figures);
        }
    }

    /** Most that are kept. */
    static final int CAPACITY = 1024;

    final dnnl_engine engine = new dnnl_engine();
    final dnnl_stream stream = new dnnl_stream();
    private final BlockPool pool;
    private BlockPool.@Nullable Block scratch;
    private final @Nullable Profile profile = Profile.ifAsked();

    private final Map<Key, Prepared> made = new LinkedHashMap<>(256, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Prepared> eldest) {
            if (size() > CAPACITY) {
                eldest.getValue().close();
                return true;
            }
            return false;
        }
    };

    Primitives(BlockPool pool) {
        this.pool = pool;
        Dnnl.check(dnnl_engine_create(engine, dnnl_cpu, 0), "engine");
        Dnnl.check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "stream");
    }

    /** Runs the primitive of that key, making it first if it is not there. */
    void run(Key key, Supplier<Prepared> maker, long... addresses) {
        Prepared p = made.get(key);
        if (p == null) {
            p = Descriptor.with(maker);
            made.put(key, p);
        }
        long before = profile == null ? 0 : System.nanoTime();
        p.execute(stream, scratch(p.scratchBytes()), addresses);
        if (profile != null) {
            profile.add(key, p, System.nanoTime() - before);
        }
    }

    /** Runs a primitive that is not kept. */
    void runOnce(Prepared p, long... addresses) {
        p.execute(stream, scratch(p.scratchBytes()), addresses);
    }

    private long scratch(long bytes) {
        BlockPool.Block b = scratch;
        if (b == null || b.size < bytes) {
            if (b != null) {
                pool.releaseHidden(b);
            }
            scratch = null;
            b = pool.allocateHidden(Math.max(bytes, 1 << 20));
            scratch = b;
        }
        return b.address;
    }
}
