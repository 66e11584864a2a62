package io.github.mdetr.core.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Objects in a pickle that were neither read nor run.
 *
 * @param type the name of their class or function
 * @param count how many of them
 * @param first where the first is: keys and indices joined with dots
 */
public record PassedOver(String type, long count, String first) {

    /** Counts by type. */
    static final class Counts {
        private static final int MAX_TYPES = 1000;
        private static final int LONGEST_PATH = 200;

        private final Map<String, PassedOver> byType = new LinkedHashMap<>();

        void add(String type, long count, Supplier<String> path) {
            String key = byType.size() < MAX_TYPES || byType.containsKey(type) ? type : "other types";
            PassedOver known = byType.get(key);
            if (known == null) {
                String first = path.get();
                String cut = first.length() <= LONGEST_PATH ? first : first.substring(0, LONGEST_PATH) + "...";
                byType.put(key, new PassedOver(key, count, cut));
            } else {
                byType.put(key, new PassedOver(key, known.count + count, known.first));
            }
        }

        void addAll(List<PassedOver> others) {
            others.forEach(other -> add(other.type, other.count, () -> other.first));
        }

        List<PassedOver> list() {
            return List.copyOf(new ArrayList<>(byType.values()));
        }
    }
}
