package io.github.mdetr.core.backend;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The most memory that a backend may take for tensors: {@code -Dmdetr.memory.cap=BYTES}, with k, m or g for powers of
 * 1024, else four fifths of the machine's memory (of the container's, where it has a limit).
 */
public final class MemoryCap {
    /** The system property. */
    public static final String PROPERTY = "mdetr.memory.cap";

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})([kmg]?)b?");

    private MemoryCap() {}

    /**
     * The cap in bytes.
     *
     * @throws IllegalArgumentException when the property is not a number of bytes
     */
    public static long bytes() {
        String text = System.getProperty(PROPERTY);
        return text == null ? physicalMemory() / 5 * 4 : parse(text);
    }

    static long parse(String text) {
        Matcher m = FORM.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (m.matches()) {
            int shift = switch (m.group(2)) {
                case "k" -> 10;
                case "m" -> 20;
                case "g" -> 30;
                default -> 0;
            };
            long n = Long.parseLong(m.group(1));
            if (n > 0 && n <= Long.MAX_VALUE >> shift) {
                return n << shift;
            }
        }
        throw new IllegalArgumentException(
                "-D" + PROPERTY + "=" + text + ": expected a number of bytes above 0, such as 6g, 512m or 1000000");
    }

    /** So many bytes in the words of an error: the whole unit of its size, rounded up. */
    public static String amount(long bytes) {
        if (bytes < 0) {
            return "more than memory can hold";
        }
        int shift = bytes < 1 << 20 ? 10 : 20;
        return (bytes >> shift) + (bytes % (1L << shift) == 0 ? 0 : 1) + (shift == 10 ? " KiB" : " MiB");
    }

    private static long physicalMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
