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
 * itself, or share parts so that it unfolds to far more than was read: depth and size are bounded by the pickle's length.
 */
final class TorchValues {
    /** Where the bytes of a storage begin. */
    interface StoragePositions {
        long position(Pickled.Storage storage) throws CheckpointFormatException;
    }

    private static final String PLAIN = "save the state dict and plain arguments with torch.save";
    private static final int FREE_VALUES = 10_000;
    private static final int FREE_CHARACTERS = 1 << 20;
    private static final int MAX_REPEATS = 8;

    private final CheckpointFile file;
    private final StoragePositions storages;
    private final String where;
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final StringBuilder path = new StringBuilder();
    private long valuesLeft;
    private long charactersLeft;
    private long bytesLeft;

    /**
     * For one entry of the pickled dict.
     *
     * @param where what errors call it
     */
    TorchValues(CheckpointFile file, StoragePositions storages, long pickleLength, String where) {
        this.file = file;
        this.storages = storages;
        this.where = where;
        this.valuesLeft = FREE_VALUES + pickleLength;
        this.charactersLeft = FREE_CHARACTERS + 4 * pickleLength;
        this.bytesLeft = FREE_CHARACTERS + MAX_REPEATS * file.size();
    }

    /** The tensors met, named by their path of keys and indices joined with dots. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Plain values: null, String, Long, BigInteger, Double, Boolean, unmodifiable List and Map; TensorInfo for a tensor. */
    @Nullable
    Object plain(@Nullable Object value) throws CheckpointFormatException {
        return plain(value, 0);
    }

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
        throw file.error(
                where + ", " + Excerpt.quote(path.toString()),
                "a tensor or a plain value",
                Pickled.describe(value),
                PLAIN);
    }

    private List<@Nullable Object> list(Collection<?> items, int depth) throws CheckpointFormatException {
        List<@Nullable Object> plain = new ArrayList<>();
        for (Object item : items) {
            int length = enter(String.valueOf(plain.size()));
            plain.add(plain(item, depth + 1));
            path.setLength(length);
        }
        return Collections.unmodifiableList(plain);
    }

    private Map<String, @Nullable Object> map(Pickled.Dict dict, int depth) throws CheckpointFormatException {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> item : dict.items.entrySet()) {
            charge(item.getKey().length());
            int length = enter(item.getKey());
            plain.put(item.getKey(), plain(item.getValue(), depth + 1));
            path.setLength(length);
        }
        return Collections.unmodifiableMap(plain);
    }

    private TensorInfo tensor(Pickled.Tensor tensor, String name) throws CheckpointFormatException {
        charge(name.length());
        TensorInfo info = new TensorInfo(name, tensor.type(), tensor.shape());
        bytesLeft -= info.byteSize();
        if (bytesLeft < 0) {
            throw file.error(
                    where + ", tensor " + Excerpt.quote(name),
                    "tensors of at most " + MAX_REPEATS + " times the file's size together",
                    info.byteSize() + " bytes more",
                    "save it without expanded views (tensor.clone())");
        }
        long position = storages.position(tensor.storage())
                + tensor.offset() * tensor.type().bytes();
        StoredTensor stored =
                new StoredTensor(info, position, StoredTensor.contiguousAsNull(tensor.shape(), tensor.strides()));
        if (tensors.put(name, stored) != null) {
            throw file.error(where, "distinct tensor names", Excerpt.quote(name) + " twice", PLAIN);
        }
        return info;
    }

    private int enter(String key) {
        int length = path.length();
        path.append(length == 0 ? "" : ".").append(key);
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
