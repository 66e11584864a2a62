package io.github.mdetr.core.backend;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;

/**
 * How many threads the kernels compute on: {@code -Dmdetr.threads=N}, else what OpenMP chooses, which is
 * {@code OMP_NUM_THREADS} or one for each processor.
 *
 * <p>oneDNN and ND4J each bring an OpenMP, and whichever is loaded first serves both. It is asked by the file that JavaCPP
 * loaded it from: another copy in the process would have threads of its own.
 */
public final class OpenMp {
    /** The system property. */
    public static final String PROPERTY = "mdetr.threads";

    /** The most threads that may be asked for. */
    public static final int MAX_THREADS = 4096;

    /** GNU's, LLVM's, Intel's and Microsoft's runtimes. */
    private static final Pattern RUNTIME = Pattern.compile("(lib)?(gomp|omp|iomp5(md)?|vcomp140)([-.].*)?");

    private OpenMp() {}

    /**
     * Sets the number of threads asked for, if any, for the {@link NativeThread}. To be called by a backend when its native
     * library is loaded.
     *
     * @throws IllegalArgumentException when the property is not a number of threads
     * @throws IllegalStateException when no OpenMP is loaded that could be told
     */
    public static void configure() {
        OptionalInt wanted = wanted();
        if (wanted.isPresent()) {
            // OpenMP keeps the number for each calling thread
            NativeThread.execute(() -> function("omp_set_num_threads").invokeVoid(new Object[] {wanted.getAsInt()}));
        }
    }

    /** The number of threads asked for by {@code -Dmdetr.threads}, if it is set. */
    public static OptionalInt wanted() {
        String text = System.getProperty(PROPERTY);
        return text == null ? OptionalInt.empty() : OptionalInt.of(parse(text));
    }

    /**
     * The number of threads that kernels compute on now.
     *
     * @throws IllegalStateException when no OpenMP is loaded
     */
    public static int threads() {
        return NativeThread.run(() -> function("omp_get_max_threads").invokeInt(new Object[0]));
    }

    static int parse(String text) {
        try {
            int n = Integer.parseInt(text.trim());
            if (n >= 1 && n <= MAX_THREADS) {
                return n;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                "-D" + PROPERTY + "=" + text + ": expected a number of threads from 1 to " + MAX_THREADS);
    }

    private static Function function(String name) {
        Optional<Path> file = Loader.getLoadedLibraries().values().stream()
                .flatMap(f -> Optional.ofNullable(f).stream())
                .map(Path::of)
                .filter(f -> isRuntime(f.getFileName().toString()))
                .findFirst();
        if (file.isEmpty()) {
            throw new IllegalStateException("-D" + PROPERTY + ": no OpenMP runtime is among the loaded native libraries"
                    + " to be told the number of threads; set the environment variable OMP_NUM_THREADS instead");
        }
        return NativeLibrary.getInstance(file.get().toString()).getFunction(name);
    }

    static boolean isRuntime(String fileName) {
        return RUNTIME.matcher(fileName.toLowerCase(Locale.ROOT)).matches();
    }
}
