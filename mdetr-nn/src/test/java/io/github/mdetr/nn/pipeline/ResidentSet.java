package io.github.mdetr.nn.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of this process that is in use, as Linux counts it. */
final class ResidentSet {
    private ResidentSet() {}

    static long kibibytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no VmRSS; this runs on Linux");
    }
}
