package io.github.mdetr.core.backend.onednn;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Time by primitive, logged when the process ends; {@code -Dmdetr.profile=true} turns it on. */
final class Profile {
    static final String PROPERTY = "mdetr.profile";

    private static final Logger LOG = LoggerFactory.getLogger(Profile.class);

    private static final class Line {
        long calls;
        long nanos;
        long least = Long.MAX_VALUE;
    }

    private final Map<String, Line> lines = new HashMap<>();

    private Profile() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::report));
    }

    static @Nullable Profile ifAsked() {
        return Boolean.getBoolean(PROPERTY) ? new Profile() : null;
    }

    synchronized void add(Primitives.Key key, Prepared p, long nanos) {
        Line l = lines.computeIfAbsent(key + " " + p.name(), k -> new Line());
        l.calls++;
        l.nanos += nanos;
        l.least = Math.min(l.least, nanos);
    }

    private synchronized void report() {
        lines.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, Line> e) -> -e.getValue().nanos))
                .forEach(e -> LOG.info(
                        "{}",
                        String.format(
                                Locale.ROOT,
                                "%10.3f ms %6d calls %9.3f ms each, least %9.3f  %s",
                                e.getValue().nanos / 1e6,
                                e.getValue().calls,
                                e.getValue().nanos / 1e6 / e.getValue().calls,
                                e.getValue().least / 1e6,
                                e.getKey())));
    }
}
