package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.BackendProvider;
import io.github.mdetr.core.backend.MemoryCap;
import io.github.mdetr.core.backend.NativeCache;
import io.github.mdetr.core.backend.OpenMp;
import java.util.Locale;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the oneDNN backend where its native library is on the classpath and the processor has AVX-512. */
public final class OneDnnProvider implements BackendProvider {
    private static final Logger LOG = LoggerFactory.getLogger(OneDnnProvider.class);

    /** For {@link java.util.ServiceLoader}. */
    public OneDnnProvider() {}

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public int priority() {
        return 100;
    }

    private static final class Native {
        /** Null when oneDNN is loaded, else why it is not. */
        static final @Nullable String PROBLEM = load();

        private static @Nullable String load() {
            String folder = NativeCache.prepare();
            if (folder != null) {
                return folder;
            }
            // JavaCPP's own limits count the whole process; the pool has its cap
            setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
            setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            try {
                dnnl.dnnl_get_effective_cpu_isa();
                return null;
            } catch (LinkageError e) {
                String unpacking = NativeCache.unpackingProblem(e);
                if (unpacking != null) {
                    return unpacking;
                }
                return "the native library of org.bytedeco:dnnl is missing or does not load (" + firstLine(e)
                        + "); add org.bytedeco:dnnl, javacpp and opencl with classifier " + Loader.getPlatform();
            }
        }

        private static void setIfAbsent(String key, String value) {
            if (System.getProperty(key) == null) {
                System.setProperty(key, value);
            }
        }

        private static String firstLine(Throwable t) {
            String m = String.valueOf(t.getMessage());
            return m.lines().findFirst().orElse(m);
        }
    }

    @Override
    public @Nullable String unavailable() {
        return Native.PROBLEM;
    }

    @Override
    public @Nullable String unfavourable() {
        boolean wide =
                (dnnl.dnnl_get_effective_cpu_isa() & dnnl.dnnl_cpu_isa_avx512_core) == dnnl.dnnl_cpu_isa_avx512_core;
        return wide ? null : "the processor lacks AVX-512; -Dmdetr.backend=onednn runs it all the same";
    }

    @Override
    public Backend create() {
        OpenMp.configure();
        OneDnnBackend b = new OneDnnBackend(new BlockPool(MemoryCap.bytes()));
        LOG.info(description());
        return b;
    }

    /** Such as {@code oneDNN 3.11.0, instruction set avx512_core_bf16}. */
    static String description() {
        return String.format(
                Locale.ROOT,
                "oneDNN %d.%d.%d, instruction set %s",
                dnnl.dnnl_version().major(),
                dnnl.dnnl_version().minor(),
                dnnl.dnnl_version().patch(),
                dnnl.get_effective_cpu_isa().intern().name());
    }
}
