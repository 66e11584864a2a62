package io.github.mdetr.nn.training;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged meanwhile, which slf4j-simple writes to standard error. */
final class Logged {
    private Logged() {}

    /** Anything. */
    interface Work {
        void run() throws IOException;
    }

    static String by(Work work) throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            work.run();
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
