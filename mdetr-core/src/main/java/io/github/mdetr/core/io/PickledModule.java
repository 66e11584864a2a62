package io.github.mdetr.core.io;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters and buffers of a whole {@code torch.nn.Module} that was pickled: they lie in its attributes, whatever its
 * class is. Source: the behaviour of {@code Module.state_dict}.
 */
final class PickledModule {
    private static final int MAX_DEPTH = 100;

    private record Part(String prefix, Pickled.Dict attributes, int depth) {}

    private PickledModule() {}

    /** Whether a value is a pickled module. */
    static boolean is(@Nullable Object value) {
        return attributes(value) != null;
    }

    private static Pickled.@Nullable Dict attributes(@Nullable Object value) {
        return value instanceof Pickled.Inert inert
                        && inert.state instanceof Pickled.Dict state
                        && state.items.get("_parameters") instanceof Pickled.Dict
                        && state.items.get("_buffers") instanceof Pickled.Dict
                        && state.items.get("_modules") instanceof Pickled.Dict
                ? state
                : null;
    }

    /** The state dict of a module, in the order of Python's; a module met twice has two names. */
    static Pickled.Dict stateDict(Pickled.Inert module, PickleInput at) throws CheckpointFormatException {
        Pickled.Dict result = new Pickled.Dict();
        Deque<Part> open = new ArrayDeque<>();
        Pickled.Dict root = attributes(module);
        if (root != null) {
            open.push(new Part("", root, 0));
        }
        while (!open.isEmpty()) {
            Part part = open.pop();
            addAll(part, "_parameters", result, at);
            addAll(part, "_buffers", result, at);
            Deque<Part> children = new ArrayDeque<>();
            for (Map.Entry<String, @Nullable Object> child :
                    items(part, "_modules").entrySet()) {
                Pickled.Dict attributes = attributes(child.getValue());
                if (attributes != null && part.depth < MAX_DEPTH) {
                    at.charge(64L + part.prefix.length() + child.getKey().length());
                    children.push(new Part(part.prefix + child.getKey() + ".", attributes, part.depth + 1));
                } else if (child.getValue() != null) {
                    result.put(part.prefix + child.getKey(), child.getValue(), at);
                }
            }
            children.forEach(open::push);
        }
        return result;
    }

    private static void addAll(Part part, String kind, Pickled.Dict result, PickleInput at)
            throws CheckpointFormatException {
        Set<Object> left = kind.equals("_buffers") ? computed(part.attributes, at) : Set.of();
        for (Map.Entry<String, @Nullable Object> item : items(part, kind).entrySet()) {
            if (item.getValue() != null && !left.contains(item.getKey())) {
                at.charge(64L + part.prefix.length() + item.getKey().length());
                result.put(part.prefix + item.getKey(), item.getValue(), at);
            }
        }
    }

    /** Names of the buffers that state_dict leaves out, since they are computed. */
    private static Set<Object> computed(Pickled.Dict attributes, PickleInput at) throws CheckpointFormatException {
        Set<Object> names = new HashSet<>();
        if (attributes.items.get("_non_persistent_buffers_set") instanceof Pickled.Group group) {
            at.charge(32L * group.items.size());
            for (Object name : group.items) {
                if (name instanceof String text) {
                    names.add(text);
                }
            }
        }
        return names;
    }

    private static Map<String, @Nullable Object> items(Part part, String kind) {
        return part.attributes.items.get(kind) instanceof Pickled.Dict dict ? dict.items : Map.of();
    }
}
