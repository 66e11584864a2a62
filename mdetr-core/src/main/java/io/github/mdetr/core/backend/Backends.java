package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.Device;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    private static final List<Backend> STARTED = new CopyOnWriteArrayList<>();
    /** Read and set on the native thread alone. */
    private static @Nullable Backend chosen;

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
    public static Backend get(String name) {
        return startedBy(name).orElseGet(() -> NativeThread.run(() -> start(named(providers(), name))));
    }

    /** Names of all backends on the class path, best first, whether they can run here or not: nothing native is loaded. */
    public static List<String> names() {
        return providers().stream().map(BackendProvider::name).toList();
    }

    /** Names of the backends that can run here, best first. */
    public static List<String> available() {
        return NativeThread.run(() -> providers().stream()
                .filter(p -> p.unavailable() == null)
                .map(BackendProvider::name)
                .toList());
    }

    /** The backends started so far, whose memory may be in use. */
    public static List<Backend> started() {
        return List.copyOf(STARTED);
    }

    @Override
    public Device device() {
        return NativeThread.run(() -> {
            if (chosen == null) {
                chosen = start(choose(providers(), System.getProperty(PROPERTY, "auto")));
            }
            return chosen;
        });
    }

    /**
     * Providers are asked and started on the native thread alone, one after the other and without a lock: they wait for
     * that thread, and whoever held a lock meanwhile could be what it waits for.
     */
    private static Backend start(BackendProvider p) {
        return startedBy(p.name()).orElseGet(() -> {
            Backend b = p.create();
            STARTED.add(b);
            return b;
        });
    }

    private static Optional<Backend> startedBy(String name) {
        return STARTED.stream().filter(b -> b.name().equals(name)).findFirst();
    }

    private static BackendProvider named(List<BackendProvider> providers, String name) {
        BackendProvider p = providers.stream()
                .filter(q -> q.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("backend '" + name + "' is unknown: expected one of "
                        + providers.stream().map(BackendProvider::name).toList()));
        String reason = p.unavailable();
        if (reason != null) {
            throw new IllegalStateException("backend '" + name + "' cannot run: " + reason);
        }
        return p;
    }

    /** The one of {@code providers}, best first, that {@code wanted} names, or the best for "auto"; logs why. */
    static BackendProvider choose(List<BackendProvider> providers, String wanted) {
        String name = wanted.trim().toLowerCase(Locale.ROOT);
        if (!name.equals("auto") && !name.isEmpty()) {
            BackendProvider p = named(providers, name);
            LOG.info("backend {}: asked for by -D{}", p.name(), PROPERTY);
            return p;
        }
        Map<String, List<String>> reasons = new LinkedHashMap<>();
        BackendProvider second = null;
        for (BackendProvider p : providers) {
            String reason = p.unavailable();
            String lukewarm = reason == null ? p.unfavourable() : null;
            if (reason == null && lukewarm == null) {
                LOG.info("backend {}: {}", p.name(), because(reasons, "the fastest that can run here"));
                return p;
            }
            if (reason == null && second == null) {
                second = p;
            }
            String passedOver = String.valueOf(reason != null ? reason : lukewarm);
            reasons.computeIfAbsent(passedOver, r -> new ArrayList<>()).add(p.name());
        }
        if (second != null) {
            LOG.info("backend {}: {}", second.name(), because(reasons, "no other can run"));
            return second;
        }
        throw new IllegalStateException("no backend can run: " + told(reasons));
    }

    private static String because(Map<String, List<String>> reasons, String otherwise) {
        return reasons.isEmpty() ? otherwise : otherwise + " (" + told(reasons) + ")";
    }

    /** Each reason once, behind the names of all backends that it holds for. */
    private static String told(Map<String, List<String>> reasons) {
        return reasons.entrySet().stream()
                .map(e -> String.join(", ", e.getValue()) + ": " + e.getKey())
                .collect(Collectors.joining("; "));
    }

    private static List<BackendProvider> providers() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class, BackendProvider.class.getClassLoader())
                .forEach(found::add);
        found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
        return found;
    }
}
