package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.BackendProvider;
import io.github.mdetr.core.backend.NativeCache;
import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.backend.OpenMp;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the ND4J backend on whichever ND4J backend is on the classpath: nd4j-native, or nd4j-cuda. */
public class Nd4jBackendProvider implements BackendProvider {
    private static final Logger LOG = LoggerFactory.getLogger(Nd4jBackendProvider.class);

    /** For {@link java.util.ServiceLoader}. */
    public Nd4jBackendProvider() {}

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public int priority() {
        return 50;
    }

    /** ND4J starts when this class is first used, not when the provider is found: it takes seconds. */
    private static final class Started {
        static final @Nullable String PROBLEM = start();

        private static @Nullable String start() {
            String cache = NativeCache.prepare();
            if (cache != null) {
                return cache;
            }
            try {
                org.nd4j.linalg.factory.Nd4jBackend.load();
            } catch (org.nd4j.linalg.factory.Nd4jBackend.NoAvailableBackendException | LinkageError e) {
                return "no ND4J backend on the classpath that can run here; add org.nd4j:nd4j-native:1.0.0-M2.1 and the"
                        + " same with classifier " + Loader.getPlatform()
                        + ", or nd4j-cuda-11.6-platform where there is a CUDA device";
            }
            try {
                // on the thread that will compute: ND4J sets the number of workers for the calling thread
                NativeThread.execute(Nd4j::getExecutioner);
                return null;
            } catch (LinkageError | RuntimeException e) {
                String unpacking = NativeCache.unpackingProblem(e);
                if (unpacking != null) {
                    return unpacking;
                }
                return "ND4J does not start: " + innermost(e) + "; add org.nd4j:nd4j-native:1.0.0-M2.1,"
                        + " org.bytedeco:openblas and javacpp, each with classifier " + Loader.getPlatform();
            }
        }

        private static String innermost(Throwable t) {
            Throwable cause = t;
            while (cause.getCause() != null && cause.getCause() != cause) {
                cause = cause.getCause();
            }
            return String.valueOf(cause.getMessage()).lines().findFirst().orElse("") + " ("
                    + cause.getClass().getSimpleName() + ")";
        }
    }

    @Override
    public @Nullable String unavailable() {
        return Started.PROBLEM;
    }

    /** What tensors of float32 are held and computed in. */
    DataType floats() {
        return DataType.FLOAT;
    }

    @Override
    public Backend create() {
        // OpenBLAS has workers of its own
        OpenMp.wanted().ifPresent(n -> Nd4j.factory().blas().setMaxThreads(n));
        OpenMp.configure();
        Nd4jBackend b = new Nd4jBackend(name(), floats());
        String name = Nd4j.getBackend().getClass().getSimpleName();
        LOG.info("ND4J on {}, computing in float{}", name, b.floatBits());
        boolean spinning = !"passive".equalsIgnoreCase(System.getenv("OMP_WAIT_POLICY"))
                && System.getenv("GOMP_SPINCOUNT") == null;
        if (spinning && name.equals("CpuBackend")) {
            LOG.warn(
                    "OpenMP's threads spin while OpenBLAS's work, which can make a model several times slower; start the"
                            + " process with OMP_WAIT_POLICY=passive in its environment");
        }
        return b;
    }
}
