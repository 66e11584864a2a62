package io.github.mdetr.examples.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which memory an {@link OutOfMemoryError} is about, and the option that gives more: the virtual machine has several. */
final class MemoryShortage {
    private static final String OPTIONS = "MDETR_JAVA_OPTS=";

    private MemoryShortage() {}

    /** A sentence for the error's message. */
    static String describe(@Nullable String message) {
        String said = message == null ? "" : " (" + message + ")";
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("direct buffer memory")) {
            return "out of direct memory, through which files are read" + said
                    + "; leave out -XX:MaxDirectMemorySize, or raise" + " it with " + OPTIONS
                    + "-XX:MaxDirectMemorySize=1g";
        }
        if (lower.contains("physical memory usage") || lower.contains("within limits")) { // JavaCPP's own count
            return "out of native memory" + said + "; raise the limits with " + OPTIONS
                    + "'-Dorg.bytedeco.javacpp.maxBytes=8g -Dorg.bytedeco.javacpp.maxPhysicalBytes=16g'";
        }
        if (lower.contains("metaspace")) {
            return "out of metaspace, which holds classes" + said
                    + "; leave out -XX:MaxMetaspaceSize, or raise it with " + OPTIONS + "-XX:MaxMetaspaceSize=256m";
        }
        if (lower.contains("compressed class space")) {
            return "out of class space" + said + "; leave out -XX:CompressedClassSpaceSize, or raise it with " + OPTIONS
                    + "-XX:CompressedClassSpaceSize=256m";
        }
        if (lower.contains("native thread")) {
            return "no thread can be started" + said
                    + "; the system's limit of processes or of memory is reached: see ulimit -u, or the container's limits";
        }
        if (lower.contains("map failed")) {
            return "a file cannot be mapped into memory" + said
                    + "; the system's limit of address space or of mappings is reached: see ulimit -v and vm.max_map_count";
        }
        if (lower.contains("array size exceeds")) {
            return "something is larger than any Java array" + said
                    + "; more memory does not help, a smaller input does";
        }
        return "out of memory on the Java heap of " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB" + said
                + "; give it more with " + OPTIONS + "-Xmx4g";
    }
}
