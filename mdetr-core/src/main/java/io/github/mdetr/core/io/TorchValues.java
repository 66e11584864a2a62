package io.github.mdetr.core.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns what was unpickled into plain values, and its tensors into stored ones named by their path. A value may hold
 * itself, or share parts so that it unfolds to far more than was read: depth is bounded, and one budget for the whole file
 * bounds values, characters and bytes by the pickle's length.
 */
final class TorchValues {
    /** Where the bytes of a storage begin. */
    interface StoragePositions {
        long position(Pickled.Storage storage) throws CheckpointFormatException;
    }

    /**
     * An entry of the pickled dict.
     *
     * @param plain its value, as {@link Checkpoint#entries} gives it; {@link #LEFT_OUT} where it is no plain value
     * @param section the tensors in it, named by their path of keys and indices joined with dots
     */
    record Walked(@Nullable Object plain, CheckpointContent.Section section) {}

    /** In the place of a value that is passed over. */
    static final Object LEFT_OUT = new Object();

    private static final String PLAIN = "save the state dict and plain arguments with torch.save";
    private static final int FREE_VALUES = 10_000;
    private static final int FREE_CHARACTERS = 1 << 20;
    private static final int TENSOR_VALUES = 8; // as many as one takes in a pickle, at least
    private static final int MAX_REPEATS = 8;
    private static final int MAX_UNREADABLE = 100;

    private final CheckpointFile file;
    private final TorchFile torch;
    private final PassedOver.Counts passedOver = new PassedOver.Counts();
    private final Reachable reachable = new Reachable();
    private final StringBuilder path = new StringBuilder();
    private String where = "";
    private String key = "";
    private CheckpointContent.Section section = new CheckpointContent.Section();
    private @Nullable CheckpointFormatException firstPassedOver;
    private long valuesLeft;
    private long charactersLeft;
    private long bytesLeft;

    /** For one file. */
    TorchValues(CheckpointFile file, TorchFile torch) {
        this.file = file;
        this.torch = torch;
        this.valuesLeft = FREE_VALUES + Math.min(torch.pickleLength(), Unpickler.MAX_VALUES);
        this.charactersLeft = FREE_CHARACTERS + 4 * torch.pickleLength();
        this.bytesLeft = FREE_CHARACTERS + MAX_REPEATS * file.size();
    }

    /** What was passed over so far. */
    PassedOver.Counts passedOver() {
        return passedOver;
    }

    /** Why the first of it was; null where nothing was. */
    @Nullable
    CheckpointFormatException firstPassedOver() {
        return firstPassedOver;
    }

    /**
     * Walks one entry.
     *
     * @param entry its key; empty for the pickled dict itself
     */
    Walked walk(String entry, @Nullable Object value) throws CheckpointFormatException {
        key = entry;
        where = entry.isEmpty() ? "state dict" : "entry " + Excerpt.quote(entry);
        section = new CheckpointContent.Section();
        path.setLength(0);
        try {
            Object plain = plain(value, 0);
            return new Walked(plain, section);
        } catch (CheckpointFormatException e) {
            if (!e.fix().equals(PLAIN)) { // damage and attacks concern the whole file
                throw e;
            }
            section = new CheckpointContent.Section();
            section.unreadable().put("", e);
            passOver(e.got(), 1, e);
            return new Walked(LEFT_OUT, section);
        }
    }

    /**
     * Plain values: null, String, Long, BigInteger, Double, Boolean, unmodifiable List and Map; TensorInfo for a tensor. What
     * is none of these is left out of a map, and null in a list.
     */
    private @Nullable Object plain(@Nullable Object value, int depth) throws CheckpointFormatException {
        if (depth > Json.MAX_DEPTH) {
            throw file.error(
                    where, "values nested at most " + Json.MAX_DEPTH + " deep", "deeper ones, or a cycle", PLAIN);
        }
        if (--valuesLeft < 0) {
            throw tooMuch();
        }
        if (value == null || value instanceof Long || value instanceof Double || value instanceof Boolean) {
            return value;
        }
        if (value instanceof String text) {
            charge(text.length());
            return text;
        }
        if (value instanceof BigInteger big) {
            charge(big.bitLength());
            return big;
        }
        if (value instanceof byte[] bytes) {
            charge(bytes.length);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        if (value instanceof Pickled.Dict dict) {
            return map(dict, depth);
        }
        if (value instanceof Pickled.Namespace namespace) {
            return map(namespace.attributes, depth);
        }
        if (value instanceof Pickled.Tensor tensor) {
            return tensor(tensor, path.toString());
        }
        if (value instanceof Pickled.Tuple tuple) {
            return list(Arrays.asList(tuple.items), depth);
        }
        if (value instanceof List<?> list) {
            return list(list, depth);
        }
        if (value instanceof Pickled.Group group) {
            return list(group.items, depth);
        }
        if (value instanceof Pickled.Complex complex) {
            return List.of(complex.real(), complex.imaginary());
        }
        if (value instanceof Pickled.NumpyType type) {
            return type.code;
        }
        if (value instanceof TorchGlobals.Global global) {
            return global.toString();
        }
        if (value instanceof Pickled.Inert inert) {
            return leftOut(inert);
        }
        if (value instanceof Pickled.Unknown unknown) {
            return leftOut(new Pickled.Inert(unknown, null, unknown.at));
        }
        passOver("storage without a tensor", 1, null);
        return LEFT_OUT;
    }

    private Object leftOut(Pickled.Inert inert) {
        CheckpointFormatException reason = null;
        if (firstPassedOver == null) {
            reason = inert.reason(torch.input());
        }
        passOver(inert.type(), 1, reason);
        if (section.unreadable().size() < MAX_UNREADABLE
                && (WeightNames.isWeight(path.toString()) || reachable.hasTensor(inert))) {
            CheckpointFormatException e = inert.reason(torch.input());
            String at = e.where() + ", tensor " + Excerpt.quote(path.toString());
            section.unreadable().put(path.toString(), file.error(at, e.expected(), e.got(), e.fix()));
        }
        return LEFT_OUT;
    }

    private void passOver(String type, long count, @Nullable CheckpointFormatException reason) {
        if (firstPassedOver == null) {
            firstPassedOver = reason;
        }
        passedOver.add(type, count, () -> key.isEmpty() || path.length() == 0 ? key + path : key + "." + path);
    }

    private List<@Nullable Object> list(Collection<?> items, int depth) throws CheckpointFormatException {
        List<@Nullable Object> plain = new ArrayList<>();
        for (Object item : items) {
            int length = enter(String.valueOf(plain.size()));
            Object value = plain(item, depth + 1);
            plain.add(value == LEFT_OUT ? null : value);
            path.setLength(length);
        }
        return Collections.unmodifiableList(plain);
    }

    private Map<String, @Nullable Object> map(Pickled.Dict dict, int depth) throws CheckpointFormatException {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> item : dict.items.entrySet()) {
            charge(item.getKey().length());
            int length = enter(item.getKey());
            Object value = plain(item.getValue(), depth + 1);
            if (value != LEFT_OUT) {
                plain.put(item.getKey(), value);
            }
            path.setLength(length);
        }
        if (dict.odd != null) {
            passOver("item whose key is neither text nor a number", dict.oddKeys, dict.odd.reason(torch.input()));
        }
        return Collections.unmodifiableMap(plain);
    }

    private TensorInfo tensor(Pickled.Tensor tensor, String name) throws CheckpointFormatException {
        charge(name.length());
        valuesLeft -= TENSOR_VALUES;
        TensorInfo info = new TensorInfo(name, tensor.type(), tensor.shape());
        bytesLeft -= info.byteSize();
        if (bytesLeft < 0) {
            throw file.error(
                    where + ", tensor " + Excerpt.quote(name),
                    "tensors of at most " + MAX_REPEATS + " times the file's size together",
                    info.byteSize() + " bytes more",
                    "save it without expanded views (tensor.clone())");
        }
        byte[] data = tensor.storage().data();
        long position = (data != null ? 0 : torch.storages().position(tensor.storage()))
                + tensor.offset() * tensor.type().bytes();
        long[] strides = StoredTensor.contiguousAsNull(tensor.shape(), tensor.strides());
        if (section.tensors().put(name, new StoredTensor(file, info, position, strides, data, null)) != null) {
            throw file.error(where, "distinct tensor names", Excerpt.quote(name) + " twice", PLAIN);
        }
        return info;
    }

    private int enter(String name) {
        int length = path.length();
        path.append(length == 0 ? "" : ".").append(name);
        return length;
    }

    private void charge(long characters) throws CheckpointFormatException {
        charactersLeft -= characters;
        if (charactersLeft < 0) {
            throw tooMuch();
        }
    }

    private CheckpointFormatException tooMuch() {
        return file.error(
                where, "values of a size in keeping with the file's", "far more by sharing", PickleInput.HOSTILE);
    }
}
