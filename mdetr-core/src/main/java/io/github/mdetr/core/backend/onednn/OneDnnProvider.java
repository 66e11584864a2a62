package io.github.mdetr.core.backend.onednn;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.BackendProvider;
import java.lang.management.ManagementFactory;
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
            // JavaCPP's own limits count the whole process; the pool has its cap
            setIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
            setIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            try {
                dnnl.dnnl_get_effective_cpu_isa();
                return null;
            } catch (LinkageError e) {
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
        OneDnnBackend b = new OneDnnBackend(cap(), new NativeExecutor(() -> {}));
        LOG.info(
                "oneDNN {}.{}.{}, instruction set {}",
                dnnl.dnnl_version().major(),
                dnnl.dnnl_version().minor(),
                dnnl.dnnl_version().patch(),
                Integer.toHexString(dnnl.dnnl_get_effective_cpu_isa()));
        return b;
    }

    private static long cap() {
        String text = System.getProperty(OneDnnBackend.CAP_PROPERTY, "").trim().toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return os.getTotalMemorySize() / 5 * 4;
        }
        int shift = switch (text.charAt(text.length() - 1)) {
            case 'k' -> 10;
            case 'm' -> 20;
            case 'g' -> 30;
            default -> 0;
        };
        try {
            long n = Long.parseLong(shift == 0 ? text : text.substring(0, text.length() - 1));
            return Math.multiplyExact(n, 1L << shift);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalStateException(
                    "-D" + OneDnnBackend.CAP_PROPERTY + "=" + text + ": expected bytes such as 4000000000, 512m or 4g",
                    e);
        }
    }
}
