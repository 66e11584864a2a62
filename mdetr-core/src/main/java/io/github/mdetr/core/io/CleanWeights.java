package io.github.mdetr.core.io;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A section of weights with {@link WeightNames clean names}, and what was done to them. */
final class CleanWeights {
    private final CheckpointContent.Section section = new CheckpointContent.Section();
    private final List<String> notes = new ArrayList<>();

    private CleanWeights() {}

    CheckpointContent.Section section() {
        return section;
    }

    List<String> notes() {
        return notes;
    }

    /**
     * Cleans the names of all that belong to one model.
     *
     * @param averages whether to take the moving average of two sets of weights in there
     */
    static CleanWeights of(Path file, CheckpointContent.Section all, boolean averages) {
        WeightNames names = names(all);
        List<String> others = names.models(!averages);
        List<String> models = names.models(averages);
        List<String> chosen = models.isEmpty() ? others : models;
        CleanWeights result = new CleanWeights();
        if (names.isTrainingState()) {
            result.section.tensors().putAll(all.tensors());
            result.section.unreadable().putAll(all.unreadable());
            return result;
        }
        if (chosen.size() > 1 && !chosen.contains("")) {
            String several = chosen.stream().limit(4).map(Excerpt::quote).collect(Collectors.joining(" and "));
            result.section
                    .unreadable()
                    .put(
                            "",
                            new CheckpointFormatException(
                                    file,
                                    "weights",
                                    "those of one model",
                                    "several, with names that begin with " + several,
                                    "save the state dict of the one that is meant"));
            return result;
        }
        String prefix = chosen.isEmpty() ? names.shared() : chosen.contains("") ? "" : chosen.get(0);
        result.take(all, names, prefix, chosen == models ? others : List.of());
        return result;
    }

    /** Names of what can be read and of what cannot: an unreadable weight does not hide which model it belongs to. */
    private static WeightNames names(CheckpointContent.Section all) {
        Set<String> names = new LinkedHashSet<>(all.tensors().keySet());
        names.addAll(all.unreadable().keySet());
        names.remove("");
        return new WeightNames(names);
    }

    /** Whether a section holds the weights of an MDETR. */
    static boolean holdsModel(CheckpointContent.Section all) {
        WeightNames names = names(all);
        return !names.models(false).isEmpty() || !names.models(true).isEmpty();
    }

    /** Whether a section also holds the moving average of its weights, under names of its own. */
    static boolean hasAverages(CheckpointContent.Section all) {
        WeightNames names = names(all);
        return !names.isTrainingState()
                && names.models(true).size() == 1
                && !names.models(false).isEmpty();
    }

    private void take(CheckpointContent.Section all, WeightNames names, String prefix, List<String> others) {
        Predicate<String> ours = name ->
                name.startsWith(prefix) && others.stream().noneMatch(o -> !prefix.startsWith(o) && name.startsWith(o));
        List<String> left = new ArrayList<>();
        Map<String, StoredTensor> taken = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> item : all.tensors().entrySet()) {
            String name = names.unwrapped(item.getKey());
            if (!ours.test(name)) {
                left.add(item.getKey());
            } else {
                String clean = name.substring(prefix.length());
                StoredTensor tensor = item.getValue();
                taken.put(clean, clean.equals(item.getKey()) ? tensor : tensor.named(clean));
            }
        }
        section.tensors().putAll(taken);
        all.unreadable().forEach((path, reason) -> {
            String name = path.isEmpty() ? path : names.unwrapped(path);
            if (path.isEmpty() || ours.test(name)) {
                section.unreadable().put(path.isEmpty() ? path : name.substring(prefix.length()), reason);
            }
        });
        if (names.wrapped() > 0) {
            notes.add("wrappers of compiled or sharded modules are left out of " + names.wrapped() + " names");
        }
        if (!prefix.isEmpty()) {
            notes.add(Excerpt.quote(prefix) + " is left out at the beginning of " + taken.size() + " names");
        }
        if (!left.isEmpty()) {
            notes.add(left.size() + " tensors that are no weights of the model are passed over, such as "
                    + Excerpt.quote(left.get(0)));
        }
    }
}
