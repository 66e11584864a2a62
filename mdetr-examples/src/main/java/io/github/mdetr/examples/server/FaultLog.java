package io.github.mdetr.examples.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what went wrong, a line a minute for each client and kind of fault, with the number of those that were left out: nobody
 * fills the disk by asking badly. Faults of clients come without a trace.
 */
final class FaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(DetectServer.class);
    private static final long MINUTE = 60_000_000_000L;

    /** The most clients and kinds that are counted apart; those quiet for longest are forgotten. */
    private static final int KINDS = 1000;

    /** Lines a minute of all clients together. */
    private static final int LINES = 100;

    private static final int LONGEST = 200;

    private final LongSupplier nanos;
    private final Map<String, Kind> kinds = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kind> eldest) {
            return size() > KINDS;
        }
    };
    private final Kind all = new Kind();
    private int lines;

    /** Of one kind: when it was said last, and how many were not. */
    private static final class Kind {
        private long said;
        private boolean ever;
        private long leftOut;
    }

    FaultLog(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A fault of a client, answered with a status of 4xx or 503. */
    void client(String client, int status, String message) {
        String more = admit(client + " " + status);
        if (more != null) {
            LOG.warn("{}: {} {}{}", client, status, oneLine(message), more);
        }
    }

    /** A failure of the service, with its trace. */
    void failure(String what, @Nullable Throwable cause) {
        String more = admit(String.valueOf(cause == null ? what : cause.getClass()));
        if (more != null) {
            LOG.error("{}{}", what, more, cause);
        }
    }

    /** What to add to the line about a fault of that kind; null: say nothing. */
    private synchronized @Nullable String admit(String key) {
        long now = nanos.getAsLong();
        if (!all.ever || now - all.said >= MINUTE) {
            all.said = now;
            all.ever = true;
            lines = 0;
        }
        Kind kind = kinds.computeIfAbsent(key, k -> new Kind());
        if ((kind.ever && now - kind.said < MINUTE) || lines >= LINES) {
            kind.leftOut++;
            return null;
        }
        String more = kind.leftOut == 0 ? "" : " (and " + kind.leftOut + " more of the kind since the last line)";
        kind.said = now;
        kind.ever = true;
        kind.leftOut = 0;
        lines++;
        return more;
    }

    private static String oneLine(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
