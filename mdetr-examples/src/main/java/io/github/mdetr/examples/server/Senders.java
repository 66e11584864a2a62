package io.github.mdetr.examples.server;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who may ask: programs, and the service's own page; no page of another site through its visitor's browser. */
final class Senders {
    private static final List<String> OWN_NAMES = List.of("localhost", "127.0.0.1", "[::1]");

    private final boolean loopback;

    /** For a service that listens on the loopback alone, or for others too. */
    Senders(boolean loopback) {
        this.loopback = loopback;
    }

    /** A name that another site gave this machine's own address must not open it to that site's page. */
    void checkHost(@Nullable String host) throws HttpError {
        if (loopback && host != null) {
            String name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
            if (!OWN_NAMES.contains(name)) {
                throw new HttpError(
                        HttpError.FORBIDDEN, "expected localhost as the host; start with --host to serve others");
            }
        }
    }

    /**
     * Browsers send forms and plain bytes to other sites unasked; they say where from, in {@code Sec-Fetch-Site} or at least in
     * {@code Origin}, which a page cannot change. Programs send neither.
     */
    void checkOrigin(@Nullable String site, @Nullable String origin, @Nullable String host) throws HttpError {
        boolean own = site != null
                ? List.of("same-origin", "none").contains(site.toLowerCase(Locale.ROOT))
                : origin == null
                        || Objects.equals(
                                origin.toLowerCase(Locale.ROOT).replaceFirst("^https?://", ""),
                                host == null ? null : host.toLowerCase(Locale.ROOT));
        if (!own) {
            throw new HttpError(HttpError.FORBIDDEN, "a page of another site cannot use this service");
        }
    }
}
