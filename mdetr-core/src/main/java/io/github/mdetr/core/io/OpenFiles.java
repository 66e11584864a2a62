package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The file of a checkpoint, or all that an index names, while they are opened. */
final class OpenFiles {
    private static final String FIX = "give the path of such a file";

    private final Path path;
    private final boolean verify;
    private final List<CheckpointFile> files = new ArrayList<>();

    /**
     * Of a file or an index.
     *
     * @param verify whether tensors of safetensors are compared with their checksums
     */
    OpenFiles(Path path, boolean verify) {
        this.path = path;
        this.verify = verify;
    }

    List<CheckpointFile> files() {
        return files;
    }

    /** What each of them holds. */
    List<CheckpointContent> read() throws IOException {
        CheckpointFile file = open(path);
        byte[] head = head(file);
        if (FileKind.of(head) != FileKind.OTHER) {
            return List.of(content(file));
        }
        ShardIndex index = ShardIndex.mayBe(head) ? ShardIndex.read(file) : null;
        if (index == null) {
            throw unknown(file, head);
        }
        close();
        return shards(index);
    }

    private CheckpointFile open(Path at) throws IOException {
        CheckpointFile file = CheckpointFile.open(at);
        files.add(file);
        return file;
    }

    private static byte[] head(CheckpointFile file) throws IOException {
        return file.readBytes(0, (int) Math.min(file.size(), FileKind.HEAD_BYTES));
    }

    private static CheckpointFormatException unknown(CheckpointFile file, byte[] head) {
        return file.error("checkpoint", "safetensors, or a file that torch.save wrote", FileKind.describe(head), FIX);
    }

    private List<CheckpointContent> shards(ShardIndex index) throws IOException {
        List<String> missing = index.files().keySet().stream()
                .filter(name -> !Files.exists(index.resolve(name)))
                .toList();
        if (!missing.isEmpty() || index.files().isEmpty()) {
            throw new CheckpointFormatException(
                    index.path(),
                    "index",
                    "next to it the " + index.files().size() + " files that it names",
                    missing.isEmpty()
                            ? "none"
                            : "no " + Excerpt.quote(missing.get(0))
                                    + (missing.size() > 1 ? " and " + (missing.size() - 1) + " others" : ""),
                    "download all files of the checkpoint into one folder");
        }
        List<CheckpointContent> contents = new ArrayList<>();
        for (Map.Entry<String, List<String>> shard : index.files().entrySet()) {
            CheckpointFile file = open(index.resolve(shard.getKey()));
            CheckpointContent content = content(file);
            select(index, shard.getKey(), shard.getValue(), content);
            contents.add(content);
        }
        contents.get(0)
                .notes
                .add(0, "in " + contents.size() + " files, by " + index.path().getFileName());
        return contents;
    }

    /** Leaves in a file what the index says is in it. */
    private static void select(ShardIndex index, String shard, List<String> names, CheckpointContent content)
            throws CheckpointFormatException {
        CheckpointContent.Section all =
                content.sections.getOrDefault(Checkpoint.MODEL, new CheckpointContent.Section());
        Map<String, StoredTensor> listed = new LinkedHashMap<>();
        for (String name : names) {
            StoredTensor tensor = all.tensors().get(name);
            if (tensor != null) {
                listed.put(name, tensor);
            } else if (all.unreadable().isEmpty()) {
                throw new CheckpointFormatException(
                        index.path(),
                        "index, tensor " + Excerpt.quote(name),
                        "it in " + Excerpt.quote(shard),
                        "no such tensor there",
                        "download index and files again, from one place");
            }
        }
        int more = all.tensors().size() - listed.size();
        if (more > 0) {
            content.notes.add(
                    more + " tensors of " + Excerpt.quote(shard) + " that the index does not name are passed over");
        }
        content.sections.put(Checkpoint.MODEL, new CheckpointContent.Section(listed, all.unreadable()));
    }

    private CheckpointContent content(CheckpointFile file) throws IOException {
        byte[] head = head(file);
        return switch (FileKind.of(head)) {
            case SAFETENSORS -> SafeTensorsContent.read(file, verify);
            case PICKLE -> TorchSections.read(file, TorchFile.readLegacy(file), Checkpoint.Format.TORCH_LEGACY);
            case ZIP -> {
                ZipArchive archive = ZipArchive.read(file);
                CheckpointFile inner = unwrapped(file, archive);
                if (inner == null) {
                    yield TorchSections.read(file, TorchFile.readZip(file, archive), Checkpoint.Format.TORCH_ZIP);
                }
                CheckpointContent content = innerContent(inner);
                content.notes.add(0, "it was zipped once more");
                yield content;
            }
            case OTHER -> throw unknown(file, head);
        };
    }

    private @Nullable CheckpointFile unwrapped(CheckpointFile file, ZipArchive archive) throws IOException {
        ZipArchive.Entry only = archive.only();
        CheckpointFile inner = only == null ? null : ZippedFile.unwrap(file, only);
        if (inner != null) {
            files.set(files.indexOf(file), inner);
        }
        return inner;
    }

    private CheckpointContent innerContent(CheckpointFile inner) throws IOException {
        if (FileKind.of(head(inner)) == FileKind.ZIP) {
            ZipArchive archive = ZipArchive.read(inner);
            if (archive.only() != null) {
                throw ZippedFile.tooDeep(inner);
            }
            return TorchSections.read(inner, TorchFile.readZip(inner, archive), Checkpoint.Format.TORCH_ZIP);
        }
        return content(inner);
    }

    /** Closes what is open, after an error. */
    void close() throws IOException {
        close(files);
        files.clear();
    }

    static void close(List<CheckpointFile> files) throws IOException {
        IOException first = null;
        for (CheckpointFile file : files) {
            try {
                file.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
