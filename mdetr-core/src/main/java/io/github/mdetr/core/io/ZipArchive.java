package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a zip or zip64 file's entries lie, for positional reads. Only stored entries are accepted, as torch.save writes
 * them, and only where central directory, local headers and the file's length agree and no two entries overlap. Where a
 * single file was zipped once more ({@link #only}), it may be compressed.
 *
 * <p>Not java.util.zip: it gives no positions. Checksums are not compared: PyTorch can leave them out, and does not compare
 * them either. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
 */
final class ZipArchive {
    /**
     * An entry.
     *
     * @param position of its first byte in the file
     * @param size of what was packed
     * @param packedSize as it lies in the file; the same for a stored entry
     */
    record Entry(String name, long position, long size, long packedSize, boolean stored, int checksum) {
        long end() {
            return position + size;
        }
    }

    private record Directory(long position, long size, long entries) {}

    private record Listed(String name, long header, long size, long packedSize, int flags, int method, int checksum) {}

    private static final int END = 0x06054b50;
    private static final int END_SIZE = 22;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END64_LOCATOR_SIZE = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_SIZE = 56;
    private static final int LISTED = 0x02014b50;
    private static final int LISTED_SIZE = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_SIZE = 30;
    private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
    private static final int SIZES_FOLLOW = 1 << 3;
    private static final int DEFLATED = 8;
    private static final long UNSIGNED_INT_MAX = 0xffffffffL;

    /** A checkpoint has some thousand entries; both bound the time and memory that a hostile directory can take. */
    private static final int MAX_ENTRIES = 200_000;

    private static final int MAX_DIRECTORY_BYTES = 32 << 20;

    /** What systems add when a folder is zipped: folders, and files of their own. */
    private static final Predicate<String> SYSTEM_FILES = Pattern.compile(
                    "/$|^__MACOSX/|(^|/)(\\._[^/]*|\\.DS_Store|Thumbs\\.db|desktop\\.ini)$")
            .asPredicate();

    private static final Predicate<String> TEXTS = Pattern.compile(
                    "(?i)\\.(txt|md|rst)$|(^|/)(README|LICEN[CS]E|NOTICE)$")
            .asPredicate();

    private static final String BROKEN =
            "the file is cut short or damaged; download it again or save it again with torch.save";
    private static final String RESAVE = "load it in PyTorch and save it again with torch.save";

    private final CheckpointFile file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private @Nullable String only;
    private boolean saved;

    private ZipArchive(CheckpointFile file) {
        this.file = file;
    }

    static ZipArchive read(CheckpointFile file) throws IOException {
        ZipArchive archive = new ZipArchive(file);
        archive.locateEntries(archive.readDirectory());
        return archive;
    }

    /** The entries by name, in the order of their positions. */
    Map<String, Entry> entries() {
        return entries;
    }

    /** The single file in it, apart from what systems add and texts; null where there are more, or torch.save wrote it. */
    @Nullable
    Entry only() {
        return only == null ? null : entries.get(only);
    }

    private Directory readDirectory() throws IOException {
        int tailLength = (int) Math.min(file.size(), END_SIZE + 0xffff);
        long tailStart = file.size() - tailLength;
        ByteBuffer tail = file.littleEndian(tailStart, tailLength);
        for (int at = tailLength - END_SIZE; at >= 0; at--) {
            if (tail.getInt(at) == END && at + END_SIZE + unsignedShort(tail, at + 20) == tailLength) {
                return checkedDirectory(tail, at, tailStart + at);
            }
        }
        throw error("end of the zip file", "an end-of-central-directory record", "none", BROKEN);
    }

    private Directory checkedDirectory(ByteBuffer tail, int at, long endPosition) throws IOException {
        String where = "end of the central directory at byte " + endPosition;
        if (tail.getShort(at + 4) != 0 || tail.getShort(at + 6) != 0) {
            throw error(where, "a single-part zip file", "one of several parts", RESAVE);
        }
        Directory directory =
                new Directory(unsignedInt(tail, at + 16), unsignedInt(tail, at + 12), unsignedShort(tail, at + 10));
        long directoryEnd = endPosition;
        ByteBuffer locator = endPosition >= END64_LOCATOR_SIZE
                ? file.littleEndian(endPosition - END64_LOCATOR_SIZE, END64_LOCATOR_SIZE)
                : null;
        if (locator != null && locator.getInt(0) == END64_LOCATOR) {
            directoryEnd = locator.getLong(8);
            directory = zip64Directory(directoryEnd, endPosition - END64_LOCATOR_SIZE, directory);
        }
        if (directory.position < 0 || directory.size < 0 || directory.position != directoryEnd - directory.size) {
            throw error(
                    where,
                    "a central directory that ends where its end record begins, at " + directoryEnd,
                    directory.size + " bytes from " + directory.position,
                    BROKEN);
        }
        if (directory.entries > MAX_ENTRIES || directory.size > MAX_DIRECTORY_BYTES) {
            throw error(
                    where,
                    "at most " + MAX_ENTRIES + " entries in " + MAX_DIRECTORY_BYTES + " bytes",
                    Long.toUnsignedString(directory.entries) + " in " + directory.size,
                    "is it a checkpoint?");
        }
        if (directory.entries < 0 || directory.size < directory.entries * LISTED_SIZE) {
            throw error(
                    where,
                    "room for " + Long.toUnsignedString(directory.entries) + " entries",
                    directory.size + " bytes",
                    BROKEN);
        }
        return directory;
    }

    private Directory zip64Directory(long position, long locatorPosition, Directory narrow) throws IOException {
        String where = "zip64 end of the central directory";
        if (position < 0 || position > locatorPosition - END64_SIZE) {
            throw error(where, "a position before its locator at " + locatorPosition, String.valueOf(position), BROKEN);
        }
        ByteBuffer end = file.littleEndian(position, END64_SIZE);
        if (end.getInt(0) != END64 || end.getLong(4) != locatorPosition - position - 12) {
            throw error(where + " at byte " + position, "its record up to its locator", "other bytes", BROKEN);
        }
        Directory wide = new Directory(end.getLong(48), end.getLong(40), end.getLong(32));
        boolean agree = (narrow.position == UNSIGNED_INT_MAX || narrow.position == wide.position)
                && (narrow.size == UNSIGNED_INT_MAX || narrow.size == wide.size)
                && (narrow.entries == 0xffff || narrow.entries == wide.entries);
        if (!agree) {
            throw error(where + " at byte " + position, narrow.toString(), wide.toString(), BROKEN);
        }
        return wide;
    }

    private void locateEntries(Directory directory) throws IOException {
        ByteBuffer bytes = file.littleEndian(directory.position, (int) directory.size);
        List<Listed> listed = new ArrayList<>();
        for (long i = 0; i < directory.entries; i++) {
            listed.add(readListed(bytes, directory.position));
        }
        if (bytes.hasRemaining()) {
            throw error(
                    "central directory",
                    directory.entries + " entries",
                    bytes.remaining() + " bytes more behind them",
                    BROKEN);
        }
        saved = listed.stream().anyMatch(e -> e.name.matches("([^/]+/)?data\\.pkl"));
        only = saved ? null : single(listed, SYSTEM_FILES.or(TEXTS));
        if (!saved && only == null) {
            only = single(listed, SYSTEM_FILES);
        }
        // PyTorch compresses code alone: who has a TorchScript archive is not helped by words on compression.
        if (listed.stream().anyMatch(e -> e.method != 0)
                && listed.stream().anyMatch(e -> e.name.matches("([^/]+/)?constants\\.pkl"))) {
            throw TorchFile.torchScript(file);
        }
        // By position, so that an entry's limit is the next one's beginning, and reading headers costs the file's size
        // at most.
        listed.sort(Comparator.comparingLong(Listed::header));
        for (int i = 0; i < listed.size(); i++) {
            Listed entry = listed.get(i);
            long limit = i + 1 < listed.size() ? listed.get(i + 1).header : directory.position;
            if (entries.put(entry.name, locate(entry, Math.min(limit, directory.position))) != null) {
                throw error("zip entry " + Excerpt.quote(entry.name), "distinct names", "this one twice", BROKEN);
            }
        }
    }

    /** The one file that is none of {@code others}; null where there are more, or none. */
    private static @Nullable String single(List<Listed> listed, Predicate<String> others) {
        List<String> files = listed.stream()
                .map(Listed::name)
                .filter(others.negate())
                .limit(2)
                .toList();
        return files.size() == 1 ? files.get(0) : null;
    }

    private Listed readListed(ByteBuffer bytes, long directoryPosition) throws CheckpointFormatException {
        int at = bytes.position();
        String where = "central directory at byte " + (directoryPosition + at);
        if (bytes.remaining() < LISTED_SIZE || bytes.getInt(at) != LISTED) {
            throw error(where, "an entry", "other bytes", BROKEN);
        }
        int nameLength = unsignedShort(bytes, at + 28);
        int extraLength = unsignedShort(bytes, at + 30);
        int commentLength = unsignedShort(bytes, at + 32);
        if (bytes.remaining() < LISTED_SIZE + nameLength + extraLength + commentLength) {
            throw error(where, "an entry within the directory", "name and fields beyond its end", BROKEN);
        }
        String name = text(bytes.slice(at + LISTED_SIZE, nameLength), where);
        long[] sizes = {unsignedInt(bytes, at + 24), unsignedInt(bytes, at + 20), unsignedInt(bytes, at + 42)};
        readZip64Extra(bytes, at + LISTED_SIZE + nameLength, extraLength, sizes, where);
        bytes.position(at + LISTED_SIZE + nameLength + extraLength + commentLength);
        return new Listed(
                name,
                sizes[2],
                sizes[0],
                sizes[1],
                unsignedShort(bytes, at + 8),
                unsignedShort(bytes, at + 10),
                bytes.getInt(at + 16));
    }

    /** Replaces each of {size, packed size, header position} that is all ones by the 64-bit figure of the extra field. */
    private void readZip64Extra(ByteBuffer bytes, int from, int length, long[] sizes, String where)
            throws CheckpointFormatException {
        boolean found = false;
        int end = from + length;
        for (int at = from; at + 4 <= end; ) {
            int id = unsignedShort(bytes, at);
            int fieldEnd = at + 4 + unsignedShort(bytes, at + 2);
            if (fieldEnd > end) {
                throw error(where, "extra fields within the entry", "one beyond its end", BROKEN);
            }
            if (id == 1 && !found) {
                found = true;
                int next = at + 4;
                for (int i = 0; i < sizes.length; i++) {
                    if (sizes[i] == UNSIGNED_INT_MAX) {
                        if (next + 8 > fieldEnd) {
                            throw error(where, "a zip64 field with 64-bit sizes", "a shorter one", BROKEN);
                        }
                        sizes[i] = bytes.getLong(next);
                        next += 8;
                    }
                }
            }
            at = fieldEnd;
        }
    }

    private Entry locate(Listed entry, long limit) throws IOException {
        String where = "zip entry " + Excerpt.quote(entry.name);
        if ((entry.flags & ENCRYPTED) != 0) {
            throw error(where, "an entry that is not encrypted", "an encrypted one", RESAVE);
        }
        boolean packed = only != null && entry.method == DEFLATED;
        if (entry.method != 0 && !packed) {
            throw error(
                    where,
                    "a stored entry, as torch.save writes them",
                    "compression method " + entry.method,
                    saved ? RESAVE : ZippedFile.UNPACK);
        }
        if (!packed && entry.size != entry.packedSize) {
            throw error(where, "one size for a stored entry", entry.packedSize + " and " + entry.size, BROKEN);
        }
        if (entry.header < 0 || entry.header > limit - LOCAL_SIZE) {
            throw error(
                    where,
                    "a local header before the next entry or the directory at " + limit,
                    "one at " + entry.header,
                    BROKEN);
        }
        ByteBuffer local = file.littleEndian(entry.header, LOCAL_SIZE);
        if (local.getInt(0) != LOCAL) {
            throw error(where, "a local header at byte " + entry.header, "other bytes", BROKEN);
        }
        int nameLength = unsignedShort(local, 26);
        int extraLength = unsignedShort(local, 28);
        long position = entry.header + LOCAL_SIZE + nameLength + extraLength;
        if (entry.size < 0 || entry.packedSize < 0 || position > limit || entry.packedSize > limit - position) {
            throw error(
                    where,
                    "data that ends before the next entry or the directory at " + limit,
                    entry.packedSize + " bytes from " + position,
                    BROKEN);
        }
        checkLocalHeader(entry, local, where);
        return new Entry(entry.name, position, entry.size, entry.packedSize, !packed, entry.checksum);
    }

    private void checkLocalHeader(Listed entry, ByteBuffer local, String where) throws IOException {
        int nameLength = unsignedShort(local, 26);
        int extraLength = unsignedShort(local, 28);
        ByteBuffer more = file.littleEndian(entry.header + LOCAL_SIZE, nameLength + extraLength);
        String name = text(more.slice(0, nameLength), where);
        if (!name.equals(entry.name)) {
            throw error(where, "the same name in its local header", Excerpt.quote(name), BROKEN);
        }
        if (unsignedShort(local, 8) != entry.method || (unsignedShort(local, 6) & ENCRYPTED) != 0) {
            throw error(where, "a stored entry in its local header too", "another kind", BROKEN);
        }
        long[] sizes = {unsignedInt(local, 22), unsignedInt(local, 18), 0};
        readZip64Extra(more, nameLength, extraLength, sizes, where);
        boolean follow = (unsignedShort(local, 6) & SIZES_FOLLOW) != 0;
        for (int i = 0; i < 2; i++) {
            long listed = i == 0 ? entry.size : entry.packedSize;
            if (sizes[i] != listed && !(follow && sizes[i] == 0)) {
                throw error(
                        where,
                        listed + " bytes, as the central directory says",
                        sizes[i] + " in its local header",
                        BROKEN);
            }
        }
    }

    private String text(ByteBuffer bytes, String where) throws CheckpointFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw error(where, "a name in UTF-8", "other bytes", BROKEN);
        }
    }

    private static int unsignedShort(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private static long unsignedInt(ByteBuffer bytes, int at) {
        return bytes.getInt(at) & UNSIGNED_INT_MAX;
    }

    private CheckpointFormatException error(String where, String expected, String got, String fix) {
        return file.error(where, expected, got, fix);
    }
}
