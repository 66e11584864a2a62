package io.github.mdetr.core.io;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names that weights have without what wrapped the model when they were saved. A prefix is left out where it is a
 * wrapper's and all names share it, or where the weights of exactly one MDETR carry it.
 */
final class WeightNames {
    /** Attributes by which compiled and sharded modules hold the original, wherever they are in it. */
    private static final Set<String> INNER =
            Set.of("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module");

    /** Attributes by which others hold the whole model, and keys under which they save it. */
    private static final Set<String> OUTER =
            Set.of("module", "model", "net", "network", "mdetr", "state_dict", "model_state_dict");

    /** What PyTorch calls the parameters of its modules, and the buffers that these cannot do without. */
    private static final Set<String> WEIGHTS =
            Set.of("weight", "bias", "in_proj_weight", "in_proj_bias", "running_mean", "running_var");

    /** Two names that every MDETR has. */
    private static final List<String> LANDMARKS = List.of("query_embed.weight", "class_embed.weight");

    private static final Pattern AVERAGE = Pattern.compile("(^|[._])(ema|averaged?|swa)([._]|$)");

    /** Its moments go by the names of the weights. */
    private static final Pattern OPTIMIZER = Pattern.compile("(^|[._])optim(izers?)?([._]|$)");

    /** The published segmentation model holds an MDETR by this name, next to its own heads. */
    private static final String SEGMENTED = "detr.";

    private static final List<String> SEGMENTATION = List.of("mask_head.", "bbox_attention.");

    // What a hostile file may cost: more models than these are an error anyhow, and nobody wraps one so often.
    private static final int MAX_MODELS = 16;
    private static final int MAX_WRAPPERS = 16;

    private final Map<String, String> unwrapped = new LinkedHashMap<>();

    WeightNames(Collection<String> names) {
        names.forEach(name -> unwrapped.put(name, withoutInner(name)));
        if (new HashSet<>(unwrapped.values()).size() < unwrapped.size()) {
            unwrapped.replaceAll((name, without) -> name);
        }
    }

    /** Whether a tensor is expected by this name, and not some state that a model can do without. */
    static boolean isWeight(String name) {
        return WEIGHTS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static String withoutInner(String name) {
        if (INNER.stream().noneMatch(name::contains)) {
            return name;
        }
        return Arrays.stream(name.split("\\.", -1))
                .filter(part -> !INNER.contains(part))
                .collect(Collectors.joining("."));
    }

    /** The name without wrappers inside it. */
    String unwrapped(String name) {
        return unwrapped.getOrDefault(name, name);
    }

    /** Whether these are a training's state, which is read by the names of its parts. */
    boolean isTrainingState() {
        return unwrapped.containsKey("model." + LANDMARKS.get(0))
                && unwrapped.keySet().stream().anyMatch(name -> name.startsWith("optimizer."));
    }

    /** How many names have a wrapper in them. */
    long wrapped() {
        return unwrapped.entrySet().stream()
                .filter(e -> !e.getKey().equals(e.getValue()))
                .count();
    }

    /** What goes before the names of each MDETR in there, of moving averages alone or of others alone. */
    List<String> models(boolean averages) {
        String landmark = LANDMARKS.get(0);
        Set<String> all = new HashSet<>(unwrapped.values());
        return unwrapped.values().stream()
                .filter(name -> name.endsWith(landmark))
                .map(name -> name.substring(0, name.length() - landmark.length()))
                .filter(prefix -> prefix.isEmpty() || prefix.endsWith("."))
                .filter(prefix -> all.contains(prefix + LANDMARKS.get(1)))
                .filter(prefix -> !OPTIMIZER.matcher(prefix).find())
                .filter(prefix -> AVERAGE.matcher(prefix).find() == averages)
                .limit(MAX_MODELS)
                .map(prefix -> whole(prefix, all))
                .distinct()
                .toList();
    }

    private static String whole(String prefix, Set<String> all) {
        if (!prefix.endsWith(SEGMENTED)) {
            return prefix;
        }
        String before = prefix.substring(0, prefix.length() - SEGMENTED.length());
        boolean segments =
                SEGMENTATION.stream().anyMatch(head -> all.stream().anyMatch(name -> name.startsWith(before + head)));
        return segments ? before : prefix;
    }

    /** The wrappers that all names begin with; empty where there are none. */
    String shared() {
        if (unwrapped.isEmpty()) {
            return "";
        }
        String any = unwrapped.values().iterator().next();
        String shared = "";
        for (int i = 0; i < MAX_WRAPPERS; i++) {
            int dot = any.indexOf('.', shared.length());
            if (dot < 0 || !OUTER.contains(any.substring(shared.length(), dot))) {
                break;
            }
            String prefix = any.substring(0, dot + 1);
            if (!unwrapped.values().stream().allMatch(name -> name.startsWith(prefix) && !name.equals(prefix))) {
                break;
            }
            shared = prefix;
        }
        return shared;
    }
}
