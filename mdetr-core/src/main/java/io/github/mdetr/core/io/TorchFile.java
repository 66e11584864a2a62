package io.github.mdetr.core.io;

import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The two formats of {@code torch.save}: a zip file of {@code data.pkl} and one stored entry for each storage, and before
 * PyTorch 1.6 five pickles followed by the storages. Source: the behaviour of {@code torch/serialization.py}.
 *
 * @param root what was pickled
 * @param pickleLength bytes of the pickle that holds it
 * @param input the pickle, for errors in it
 */
record TorchFile(@Nullable Object root, long pickleLength, TorchValues.StoragePositions storages, PickleInput input) {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long PROTOCOL = 1001;
    /** A longer name of the folder would push what is wrong out of an error's sight. */
    private static final int MAX_PREFIX = 80;

    private static final String RESAVE = "load it in PyTorch and save its state dict again with torch.save";
    static final String BROKEN = "the file is cut short or damaged; download it again";

    static TorchFile readZip(CheckpointFile file, ZipArchive archive) throws IOException {
        String prefix = prefix(file, archive);
        checkByteOrder(file, archive.entries().get(prefix + "byteorder"));
        ZipArchive.Entry pickle = archive.entries().get(prefix + "data.pkl");
        if (pickle == null || archive.entries().containsKey(prefix + "constants.pkl")) {
            throw torchScript(file);
        }
        PickleInput input = new PickleInput(
                file,
                prefix.length() <= MAX_PREFIX ? pickle.name() : "data.pkl",
                pickle.position(),
                pickle.position(),
                pickle.size());
        Object root = new Unpickler(input, new TorchGlobals(new TorchTensors())).load();
        if (input.position() != pickle.end()) {
            throw file.error(
                    pickle.name(),
                    "the end of the pickle at STOP",
                    (pickle.end() - input.position()) + " bytes more",
                    BROKEN);
        }
        return new TorchFile(root, pickle.size(), storage -> zipPosition(file, archive, prefix, storage), input);
    }

    /** A model that is a program: its weights are among other things, and its code is compressed. */
    static CheckpointFormatException torchScript(CheckpointFile file) {
        return file.error(
                "zip file",
                "a state dict of torch.save",
                "a TorchScript archive of torch.jit.save",
                "save the model's state_dict() with torch.save");
    }

    private static long zipPosition(CheckpointFile file, ZipArchive archive, String prefix, Pickled.Storage storage)
            throws CheckpointFormatException {
        ZipArchive.Entry entry = archive.entries().get(prefix + "data/" + storage.key());
        if (entry == null || entry.size() != storage.bytes()) {
            throw file.error(
                    "storage " + Excerpt.quote(storage.key()),
                    "a zip entry of " + storage.bytes() + " bytes for " + storage.elements() + " of " + storage.type(),
                    entry == null ? "no such entry" : entry.size() + " bytes",
                    BROKEN);
        }
        return entry.position();
    }

    /** The one folder that has data.pkl, with its slash. */
    private static String prefix(CheckpointFile file, ZipArchive archive) throws CheckpointFormatException {
        List<String> pickles = archive.entries().keySet().stream()
                .filter(name -> name.matches("([^/]+/)?data\\.pkl"))
                .toList();
        if (pickles.size() != 1) {
            String names = archive.entries().keySet().stream()
                    .limit(3)
                    .map(Excerpt::quote)
                    .collect(Collectors.joining(", "));
            String what = archive.entries().keySet().stream().anyMatch(name -> name.endsWith(".npy"))
                    ? " (a NumPy .npz?)"
                    : "";
            throw file.error(
                    "zip file",
                    "one entry data.pkl, as torch.save writes it",
                    pickles.size() + " of them among " + archive.entries().size() + " entries " + names + what,
                    "give a .pth that torch.save wrote, or a .safetensors; if one is in this zip file, unpack it");
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
    }

    private static void checkByteOrder(CheckpointFile file, ZipArchive.@Nullable Entry entry) throws IOException {
        if (entry == null) {
            return; // written before PyTorch 2.1
        }
        byte[] bytes = file.readBytes(entry.position(), (int) Math.min(entry.size(), 16));
        if (!Excerpt.quote(bytes, bytes.length).equals("'little'")) {
            throw file.error(
                    entry.name(),
                    "'little'",
                    Excerpt.quote(bytes, bytes.length),
                    "save it again on a little-endian machine");
        }
    }

    static TorchFile readLegacy(CheckpointFile file) throws IOException {
        TorchTensors tensors = new TorchTensors();
        TorchGlobals globals = new TorchGlobals(tensors);
        PickleInput input = pickleAt(file, 0);
        Object magic = new Unpickler(input, globals).load();
        throwRefusal(magic, input);
        if (!MAGIC.equals(magic)) {
            throw file.error("first pickle", "the magic number of torch.save", Pickled.describe(magic), RESAVE);
        }
        input = pickleAt(file, input.position());
        Object protocol = new Unpickler(input, globals).load();
        if (!Long.valueOf(PROTOCOL).equals(protocol)) {
            throw file.error("second pickle", "protocol version " + PROTOCOL, Pickled.describe(protocol), RESAVE);
        }
        input = pickleAt(file, input.position());
        Object system = new Unpickler(input, globals).load();
        if (!(system instanceof Pickled.Dict facts) || !Boolean.TRUE.equals(facts.items.get("little_endian"))) {
            throw file.error(
                    "third pickle",
                    "a dict with little_endian True",
                    Pickled.describe(system),
                    "save it again on a little-endian machine");
        }
        long start = input.position();
        input = pickleAt(file, start);
        PickleInput rootInput = input;
        Object root = new Unpickler(input, globals).load();
        throwRefusal(root, input);
        long pickleLength = input.position() - start;
        input = pickleAt(file, input.position());
        Object keys = new Unpickler(input, globals).load();
        Map<String, Long> positions = legacyPositions(file, keys, tensors.storages(), input.position());
        TorchValues.StoragePositions located = storage -> {
            Long position = positions.get(storage.key());
            if (position == null) {
                throw file.error("storage " + Excerpt.quote(storage.key()), "its data in the file", "none", BROKEN);
            }
            return position;
        };
        return new TorchFile(root, pickleLength, located, rootInput);
    }

    private static void throwRefusal(@Nullable Object value, PickleInput input) throws CheckpointFormatException {
        CheckpointFormatException refusal = Pickled.refusal(value, input);
        if (refusal != null) {
            throw refusal;
        }
    }

    private static PickleInput pickleAt(CheckpointFile file, long start) {
        return new PickleInput(file, "pickle", 0, start, file.size() - start);
    }

    /** Behind the pickles, in the order of the keys: the number of elements, then the elements. */
    private static Map<String, Long> legacyPositions(
            CheckpointFile file, @Nullable Object keys, Map<String, Pickled.Storage> storages, long start)
            throws IOException {
        if (!(keys instanceof List<?> list)) {
            throw file.error("fifth pickle", "a list of storage keys", Pickled.describe(keys), BROKEN);
        }
        Map<String, Long> positions = new HashMap<>();
        long position = start;
        for (Object key : list) {
            Pickled.Storage storage = key instanceof String text ? storages.get(text) : null;
            if (storage == null || positions.containsKey(storage.key())) {
                throw file.error(
                        "fifth pickle", "each storage's key once", Pickled.describe(key) + " again or unknown", BROKEN);
            }
            String where = "storage " + Excerpt.quote(storage.key()) + " at byte " + position;
            if (position > file.size() - Long.BYTES) {
                throw file.error(where, "its length", "the end of the file", BROKEN);
            }
            long elements = file.littleEndian(position, Long.BYTES).getLong();
            position += Long.BYTES;
            if (elements != storage.elements() || storage.bytes() > file.size() - position) {
                throw file.error(
                        where,
                        storage.elements() + " elements of " + storage.type() + " within the file's " + file.size()
                                + " bytes",
                        String.valueOf(elements),
                        BROKEN);
            }
            positions.put(storage.key(), position);
            position += storage.bytes();
        }
        if (position != file.size()) {
            throw file.error(
                    "end of the storages at byte " + position,
                    "the end of the file",
                    (file.size() - position) + " bytes more",
                    BROKEN);
        }
        return positions;
    }
}
