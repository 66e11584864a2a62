package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends of this process: each is started once, when first asked for. {@code -Dmdetr.backend=NAME} chooses the
 * default one; otherwise the fastest that can run is taken. The choice is logged with its reason.
 */
public final class Backends implements Device.Provider {
    /** The system property that names the default backend. */
    public static final String PROPERTY = "mdetr.backend";

    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
    private static final Map<String, Backend> STARTED = new LinkedHashMap<>();

    /** For {@link ServiceLoader}; use the static methods. */
    public Backends() {}

    /** The process's default backend. */
    public static Backend get() {
        return (Backend) Device.Default.get();
    }

    /**
     * The backend of that name.
     *
     * @throws IllegalStateException when it is unknown or cannot run, with the reason and what to add
     */
    public static synchronized Backend get(String name) {
        Backend b = STARTED.get(name);
        if (b == null) {
            BackendProvider p = providers().stream()
                    .filter(q -> q.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("backend '" + name + "' is unknown: expected one of "
                            + providers().stream().map(BackendProvider::name).toList()));
            String reason = p.unavailable();
            if (reason != null) {
                throw new IllegalStateException("backend '" + name + "' cannot run: " + reason);
            }
            b = p.create();
            STARTED.put(name, b);
        }
        return b;
    }

    /** Names of the backends that can run here, best first. */
    public static List<String> available() {
        return providers().stream()
                .filter(p -> p.unavailable() == null)
                .map(BackendProvider::name)
                .toList();
    }

    @Override
    public Device device() {
        String wanted = System.getProperty(PROPERTY, "auto").trim().toLowerCase(Locale.ROOT);
        if (!wanted.equals("auto") && !wanted.isEmpty()) {
            Backend b = get(wanted);
            LOG.info("backend {}: asked for by -D{}", b.name(), PROPERTY);
            return b;
        }
        List<String> reasons = new ArrayList<>();
        BackendProvider second = null;
        for (BackendProvider p : providers()) {
            String reason = p.unavailable();
            String lukewarm = reason == null ? p.unfavourable() : null;
            if (reason == null && lukewarm == null) {
                LOG.info("backend {}: {}", p.name(), because(reasons, "the fastest that can run here"));
                return get(p.name());
            }
            if (reason == null && second == null) {
                second = p;
            }
            reasons.add(p.name() + ": " + (reason != null ? reason : lukewarm));
        }
        if (second != null) {
            LOG.info("backend {}: {}", second.name(), because(reasons, "no other can run"));
            return get(second.name());
        }
        throw new IllegalStateException("no backend can run: " + String.join("; ", reasons));
    }

    private static String because(List<String> reasons, String otherwise) {
        return reasons.isEmpty() ? otherwise : otherwise + " (" + String.join("; ", reasons) + ")";
    }

    private static List<BackendProvider> providers() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
                .forEach(found::add);
        found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
        return found;
    }
}
