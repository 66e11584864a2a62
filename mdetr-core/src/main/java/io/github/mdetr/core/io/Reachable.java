package io.github.mdetr.core.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether an inert value holds a tensor, however deep. No value is looked into twice, so that all questions together cost no
 * more than the file has values. What was met on the way to a tensor counts as holding one.
 */
final class Reachable {
    private final IdentityHashMap<Object, Boolean> known = new IdentityHashMap<>();

    boolean hasTensor(Pickled.Inert root) {
        Boolean before = known.get(root);
        if (before != null) {
            return before;
        }
        List<Object> met = new ArrayList<>();
        Deque<Object> open = new ArrayDeque<>();
        boolean found = push(root, open, met);
        while (!found && !open.isEmpty()) {
            for (Object part : parts(open.pop())) {
                found |= push(part, open, met);
            }
        }
        if (found) {
            met.forEach(value -> known.put(value, true));
        }
        return found;
    }

    private boolean push(@Nullable Object value, Deque<Object> open, List<Object> met) {
        if (value instanceof Pickled.Tensor
                || value instanceof Pickled.Storage
                || (value instanceof Pickled.Inert inert && inert.tensor)) {
            return true;
        }
        if (value == null || Pickled.isScalar(value) || value instanceof byte[]) {
            return false;
        }
        Boolean before = known.putIfAbsent(value, false);
        if (before == null) {
            open.push(value);
            met.add(value);
        }
        return before != null && before;
    }

    private static Iterable<? extends @Nullable Object> parts(Object value) {
        if (value instanceof Pickled.Inert inert) {
            List<@Nullable Object> parts = new ArrayList<>();
            parts.add(inert.maker);
            parts.add(inert.arguments);
            parts.add(inert.state);
            parts.add(inert.items);
            parts.add(inert.elements);
            return parts;
        }
        if (value instanceof Pickled.Dict dict) {
            return dict.items.values();
        }
        if (value instanceof Pickled.Namespace namespace) {
            return namespace.attributes.items.values();
        }
        if (value instanceof Pickled.Group group) {
            return group.items;
        }
        if (value instanceof Pickled.Tuple tuple) {
            return Arrays.asList(tuple.items);
        }
        return value instanceof List<?> list ? list : List.of();
    }
}
