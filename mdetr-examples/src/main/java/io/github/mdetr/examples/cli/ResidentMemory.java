package io.github.mdetr.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this process holds of the machine's memory, as Linux counts it. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s*(\\d+) kB$");
    private static final Pattern NOW = Pattern.compile("(?m)^VmRSS:\\s*(\\d+) kB$");

    private ResidentMemory() {}

    /** The largest resident set so far; empty on other systems. */
    static OptionalLong peakMebibytes() {
        return peakMebibytes(status());
    }

    static OptionalLong peakMebibytes(String status) {
        return mebibytes(PEAK, status);
    }

    /** The resident set now; 0 on other systems. */
    static long bytes() {
        return mebibytes(NOW, status()).orElse(0) << 20;
    }

    private static OptionalLong mebibytes(Pattern line, String status) {
        Matcher m = line.matcher(status);
        return m.find() ? OptionalLong.of(Long.parseLong(m.group(1)) / 1024) : OptionalLong.empty();
    }

    private static String status() {
        try {
            return Files.readString(STATUS);
        } catch (IOException e) {
            return "";
        }
    }
}
