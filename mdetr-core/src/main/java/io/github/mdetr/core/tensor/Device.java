package io.github.mdetr.core.tensor;

import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where tensors live: it owns their memory. The device that also computes is a backend. */
public interface Device {

    /** Short lower-case name, as in {@code -Dmdetr.backend=NAME}. */
    String name();

    /** What its results are the same to the bit by, the number of threads aside: name, version, instruction set. */
    default String description() {
        return name() + " on " + System.getProperty("os.arch");
    }

    /**
     * An uninitialized block for {@code elements} of {@code dtype}.
     *
     * @throws OutOfTensorMemoryException when the cap would be exceeded
     */
    Storage allocate(DType dtype, long elements);

    /**
     * The precision in which it holds and computes tensors of {@link DType#FLOAT32}: 32 bits, or 64 on a device for
     * comparisons, where values are float32 when they are written and read, and float64 in between.
     */
    default int floatBits() {
        return 32;
    }

    /** Why it does not compute in {@code type}, in a few words; null when it does. */
    default @Nullable String refusal(DType type) {
        return type == DType.BFLOAT16 || type == DType.FLOAT16
                ? "the " + name() + " backend computes in float" + floatBits()
                : null;
    }

    /** Whether attention without gradients works on some rows of scores at a time, and never holds all of a pass. */
    default boolean attendsInParts() {
        return false;
    }

    /** What is allocated now. */
    MemoryStats memory();

    /** Starts counting {@link MemoryStats#peak} anew from what is live. */
    void resetPeak();

    /**
     * A tensor of {@code array}: float32 of floats of any width, int32 of integers of any width, a mask of booleans. On the
     * array's own memory where that is FLOAT (DOUBLE where {@link #floatBits} is 64), INT or BOOL, row-major and without
     * gaps, else a copy.
     *
     * @throws IllegalArgumentException when the array is empty or text, or an integer does not fit 32 bits
     */
    Tensor wrap(INDArray array);

    /**
     * An array on the memory of {@code tensor}, which is not packed, to be used only while the tensor is open: FLOAT of
     * float32 (DOUBLE where {@link #floatBits} is 64), INT of int32, BOOL of a mask.
     *
     * @throws IllegalArgumentException when the tensor is empty or bfloat16
     */
    INDArray toINDArray(Tensor tensor);

    /**
     * Runs {@code work} where this device computes and returns its result. A device with one native thread team runs
     * everything there: wrap a whole forward pass or training step in one call, so that the threads change once.
     * Scopes, the tape and the {@link Cancellation} of the calling thread hold inside.
     *
     * @throws WorkCancelledException when the caller's work is to end before this work has begun
     */
    <T> T run(Supplier<T> work);

    /** The device of new tensors on this thread: the one set by {@link Context#with}, else the process's default. */
    static Device current() {
        Device d = Context.current().device();
        return d != null ? d : Default.get();
    }

    /** Chooses the process's default device; found by {@link ServiceLoader}. */
    interface Provider {
        /** The default device, chosen and logged at the first call and the same at each; from any thread. */
        Device device();
    }

    /** The choice is made when first asked for, so that naming a class costs nothing; one that fails may be asked again. */
    final class Default {
        private static volatile @Nullable Device chosen;

        private Default() {}

        /**
         * The process's default device.
         *
         * @throws IllegalStateException when none can run, with what to add
         */
        public static Device get() {
            Device d = chosen;
            if (d == null) { // no lock: the provider may wait for a thread that asks for the device itself
                d = choose();
                chosen = d;
            }
            return d;
        }

        private static Device choose() {
            return ServiceLoader.load(Provider.class, Device.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no " + Provider.class.getName()
                            + " service found: mdetr-core's META-INF/services entry is missing, was the jar shaded"
                            + " without merging service files?"))
                    .device();
        }
    }
}
