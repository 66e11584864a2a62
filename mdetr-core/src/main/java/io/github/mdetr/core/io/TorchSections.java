package io.github.mdetr.core.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the weights in what torch.save was given: in its published place, or where other programs put them. What lies next
 * to them is taken where it is plain, and passed over where it is not.
 */
final class TorchSections {
    /** Where weights are, other than the published {@link Checkpoint#MODEL}. */
    private static final List<String> WEIGHTS =
            List.of("state_dict", "model_state_dict", "model_state", "module", "weights", "net", "network");

    private static final List<String> AVERAGES = List.of(
            "ema", "ema_model", "state_dict_ema", "ema_state_dict", "model_ema_state_dict", "ema_model_state_dict");

    /** What PyTorch Lightning calls the arguments; a published training's own are in it, or are it. */
    private static final String LIGHTNING_ARGS = "hyper_parameters";

    private static final String RESAVE = "save torch.save({'model': model.state_dict()})";

    private final CheckpointFile file;
    private final TorchFile torch;
    private final TorchValues values;
    private final CheckpointContent content;

    private TorchSections(CheckpointFile file, TorchFile torch, Checkpoint.Format format) {
        this.file = file;
        this.torch = torch;
        this.values = new TorchValues(file, torch);
        this.content = new CheckpointContent(format);
    }

    static CheckpointContent read(CheckpointFile file, TorchFile torch, Checkpoint.Format format)
            throws CheckpointFormatException {
        TorchSections sections = new TorchSections(file, torch, format);
        sections.read();
        return sections.content;
    }

    private void read() throws CheckpointFormatException {
        Pickled.Dict root = dict(torch.root(), "the file");
        if (root == null) {
            throw notADict();
        }
        boolean module = PickledModule.is(torch.root());
        boolean bare = module
                || (dictLike(root.items.get(Checkpoint.MODEL)) == null
                        && root.items.values().stream().anyMatch(TorchSections::isTensor));
        if (bare) {
            TorchValues.Walked walked = values.walk("", root);
            content.sections.put(Checkpoint.MODEL, walked.section());
            if (!module && walked.plain() instanceof Map<?, ?> map) {
                map.forEach((key, value) -> content.entries.put((String) key, value));
            }
        } else {
            Map<String, String> names = sectionNames(root);
            for (Map.Entry<String, @Nullable Object> item : root.items.entrySet()) {
                addEntry(item.getKey(), item.getValue(), names.get(item.getKey()));
            }
            if (root.odd != null) {
                values.walk("", oddKeysOf(root));
            }
        }
        content.passedOver.addAll(values.passedOver().list());
        CheckpointFormatException first = values.firstPassedOver();
        if (first != null
                && content.sections.values().stream().allMatch(CheckpointContent.Section::isEmpty)
                && content.entries.values().stream().noneMatch(value -> value instanceof TensorInfo)) {
            throw first; // no weights, and this is what there is instead
        }
        takeLightningArguments();
    }

    private static Pickled.Dict oddKeysOf(Pickled.Dict root) {
        Pickled.Dict odd = new Pickled.Dict();
        odd.odd = root.odd;
        odd.oddKeys = root.oddKeys;
        return odd;
    }

    private CheckpointFormatException notADict() {
        CheckpointFormatException refusal = Pickled.refusal(torch.root(), torch.input());
        if (refusal == null && torch.root() instanceof Pickled.Inert inert) {
            refusal = inert.reason(torch.input());
        }
        return refusal != null
                ? refusal
                : file.error(
                        "pickled value",
                        "a state dict, or a dict that has one",
                        Pickled.describe(torch.root()),
                        RESAVE);
    }

    private void addEntry(String key, @Nullable Object value, @Nullable String sectionName)
            throws CheckpointFormatException {
        Pickled.Dict dict = sectionName == null ? null : dict(value, Excerpt.quote(key));
        TorchValues.Walked walked = values.walk(key, dict != null ? dict : value);
        if (walked.plain() != TorchValues.LEFT_OUT) {
            content.entries.put(key, walked.plain());
        }
        if (sectionName != null) {
            content.sections.put(sectionName, walked.section());
        } else if (!walked.section().tensors().isEmpty()) {
            content.sections.put(key, walked.section());
        }
    }

    /** The name of its section for the entry that holds the weights and for the one that holds their average. */
    private Map<String, String> sectionNames(Pickled.Dict root) throws CheckpointFormatException {
        Map<String, String> names = new LinkedHashMap<>();
        if (dictLike(root.items.get(Checkpoint.MODEL)) != null) {
            names.put(Checkpoint.MODEL, Checkpoint.MODEL);
        } else {
            choose(root, WEIGHTS, Checkpoint.MODEL, "the weights are", names);
        }
        if (dictLike(root.items.get(Checkpoint.MODEL_EMA)) != null) {
            names.put(Checkpoint.MODEL_EMA, Checkpoint.MODEL_EMA);
        } else {
            choose(root, AVERAGES, Checkpoint.MODEL_EMA, "the moving average of the weights is", names);
        }
        return names;
    }

    private void choose(Pickled.Dict root, List<String> keys, String section, String what, Map<String, String> names)
            throws CheckpointFormatException {
        List<String> found = new ArrayList<>();
        for (String key : keys) {
            Object value = root.items.get(key);
            boolean again = found.stream().anyMatch(other -> root.items.get(other) == value);
            if (!again && holdsWeights(value)) {
                found.add(key);
            }
        }
        if (found.size() > 1) {
            String several = found.stream().map(Excerpt::quote).collect(Collectors.joining(" and "));
            throw file.error("pickled value", "one set of weights", several, RESAVE + " with the one that is meant");
        }
        if (!found.isEmpty()) {
            names.put(found.get(0), section);
            content.notes.add(what + " below " + Excerpt.quote(found.get(0)));
        }
    }

    private static boolean holdsWeights(@Nullable Object value) {
        Pickled.Dict dict = dictLike(value);
        return dict != null
                && (PickledModule.is(value)
                        || dict.items.values().stream().anyMatch(v -> isTensor(v) || holdsTensors(dictLike(v))));
    }

    private static boolean holdsTensors(Pickled.@Nullable Dict dict) {
        return dict != null && dict.items.values().stream().anyMatch(TorchSections::isTensor);
    }

    private static boolean isTensor(@Nullable Object value) {
        return value instanceof Pickled.Tensor || (value instanceof Pickled.Inert inert && inert.tensor);
    }

    /** A dict, the items of an unknown kind of dict, or the attributes of a whole module; null for anything else. */
    private static Pickled.@Nullable Dict dictLike(@Nullable Object value) {
        if (value instanceof Pickled.Dict dict) {
            return dict;
        }
        if (value instanceof Pickled.Inert inert) {
            if (PickledModule.is(inert)) {
                return (Pickled.Dict) inert.state;
            }
            boolean items = inert.items != null && inert.arguments != null && inert.arguments.items.length == 0;
            return items ? inert.items : null;
        }
        return null;
    }

    /** The state dict of such a value, with a note where it is not simply a dict. */
    private Pickled.@Nullable Dict dict(@Nullable Object value, String where) throws CheckpointFormatException {
        if (value instanceof Pickled.Inert inert && PickledModule.is(inert)) {
            content.notes.add(where + " holds a whole module, " + Excerpt.quote(inert.type())
                    + "; its parameters and buffers are taken, and no code of it is run");
            return PickledModule.stateDict(inert, torch.input());
        }
        if (value instanceof Pickled.Inert inert && dictLike(value) != null) {
            content.notes.add(where + " holds a dict of the class " + Excerpt.quote(inert.type())
                    + "; its items are taken, and no code of it is run");
        }
        return dictLike(value);
    }

    private void takeLightningArguments() {
        if (content.entries.containsKey(Checkpoint.ARGS)
                || !(content.entries.get(LIGHTNING_ARGS) instanceof Map<?, ?> hyper)
                || hyper.isEmpty()) {
            return;
        }
        boolean nested = hyper.get(Checkpoint.ARGS) instanceof Map<?, ?>;
        content.entries.put(Checkpoint.ARGS, nested ? hyper.get(Checkpoint.ARGS) : hyper);
        content.notes.add(
                "the arguments are those below '" + LIGHTNING_ARGS + (nested ? "." + Checkpoint.ARGS : "") + "'");
    }
}
