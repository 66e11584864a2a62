package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that was zipped once more. A stored one is read where it lies. A compressed one is unpacked to a temporary
 * file, which the system removes when it is closed: tensors are read at any position, and memory stays small.
 */
final class ZippedFile {
    private static final int CHUNK = 1 << 16;

    /** Weights pack to some nine tenths; those of a new model, with many zeros, to less. */
    private static final long FREE_BYTES = 64L << 20;

    private static final int MAX_RATIO = 64;
    static final String UNPACK = "unpack the zip file and give what was in it";

    private final CheckpointFile file;
    private final ZipArchive.Entry entry;
    private final String where;

    private ZippedFile(CheckpointFile file, ZipArchive.Entry entry) {
        this.file = file;
        this.entry = entry;
        this.where = "zip entry " + Excerpt.quote(entry.name());
    }

    /** The checkpoint in the archive, in the place of {@code file}; null where its only entry is none. */
    static @Nullable CheckpointFile unwrap(CheckpointFile file, ZipArchive.Entry entry) throws IOException {
        ZippedFile zipped = new ZippedFile(file, entry);
        if (FileKind.of(zipped.head()) == FileKind.OTHER) {
            return null;
        }
        return entry.stored() ? file.within(entry.position(), entry.size()) : zipped.unpacked();
    }

    private byte[] head() throws IOException {
        int length = (int) Math.min(entry.size(), FileKind.HEAD_BYTES);
        if (entry.stored()) {
            return file.readBytes(entry.position(), length);
        }
        byte[] head = new byte[length];
        Inflater inflater = new Inflater(true);
        try {
            int packed = (int) Math.min(entry.packedSize(), CHUNK);
            inflater.setInput(file.readBytes(entry.position(), packed));
            int got = inflater.inflate(head);
            if (got < length) {
                throw damaged("fewer");
            }
            return head;
        } catch (DataFormatException e) {
            throw damaged("data that do not unpack");
        } finally {
            inflater.end();
        }
    }

    private CheckpointFile unpacked() throws IOException {
        if (entry.size() > FREE_BYTES + MAX_RATIO * entry.packedSize()) {
            throw file.error(
                    where,
                    "at most " + MAX_RATIO + " times its " + entry.packedSize() + " packed bytes",
                    entry.size() + " bytes",
                    PickleInput.HOSTILE);
        }
        Path temporary = Files.createTempFile("mdetr-", ".unpacked");
        Path folder = Objects.requireNonNull(temporary.getParent());
        FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try {
            // of the folder: the file's name is gone once it is open
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < entry.size()) {
                throw file.error(
                        where,
                        entry.size() + " bytes of free space in " + folder + " to unpack it",
                        free + " bytes",
                        "unpack it elsewhere, or give another folder with -Djava.io.tmpdir");
            }
            unpack(out);
            CheckpointFile unpacked = CheckpointFile.of(file.path(), out);
            file.close();
            return unpacked;
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    private void unpack(FileChannel out) throws IOException {
        Inflater inflater = new Inflater(true);
        CRC32 checksum = new CRC32();
        byte[] bytes = new byte[CHUNK];
        long read = 0;
        long written = 0;
        try {
            while (!inflater.finished()) {
                if (inflater.needsInput()) {
                    int count = (int) Math.min(CHUNK, entry.packedSize() - read);
                    if (count == 0) {
                        throw damaged("an end of the data after " + written);
                    }
                    inflater.setInput(file.readBytes(entry.position() + read, count));
                    read += count;
                }
                int count = inflater.inflate(bytes);
                written += count;
                if (written > entry.size()) {
                    throw damaged("more");
                }
                checksum.update(bytes, 0, count);
                for (ByteBuffer part = ByteBuffer.wrap(bytes, 0, count); part.hasRemaining(); ) {
                    out.write(part);
                }
            }
        } catch (DataFormatException e) {
            throw damaged("data that do not unpack");
        } finally {
            inflater.end();
        }
        if (written != entry.size() || (int) checksum.getValue() != entry.checksum()) {
            throw damaged(written + " of them, or others");
        }
    }

    private CheckpointFormatException damaged(String got) {
        return file.error(where, entry.size() + " bytes of the checksum in the directory", got, TorchFile.BROKEN);
    }

    /** For an archive in an archive in an archive. */
    static CheckpointFormatException tooDeep(CheckpointFile file) {
        return file.error(
                "zip file", "a checkpoint that was zipped once more", "one that was zipped twice more", UNPACK);
    }
}
