package io.github.mdetr.core.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes zip files of stored entries as torch.save does, or with lies: sizes, names and positions can be set apart. */
final class ZipBytes {
    /** One entry; the fields can be changed before {@link #write}. */
    static final class Entry {
        byte[] name;
        byte[] localName;
        byte[] data;
        long dataLength;
        int method;
        int flags;
        int localFlags;
        boolean zip64;
        Long header;
        Long localSize;
        Long listedSize;
        Long listedPackedSize;
        long writtenAt;
    }

    final List<Entry> entries = new ArrayList<>();
    Long directoryPosition;
    Long directorySize;
    Integer entryCount;
    boolean zip64;
    Long zip64DirectoryPosition;
    Long zip64Position;
    byte[] comment = {};
    int disk;

    Entry add(String name, byte[] data) {
        Entry entry = new Entry();
        entry.name = name.getBytes(UTF_8);
        entry.localName = entry.name;
        entry.data = data;
        entry.dataLength = data.length;
        entries.add(entry);
        return entry;
    }

    /** A zip as torch.save writes it around a pickle. */
    static ZipBytes checkpoint(byte[] pickle) {
        ZipBytes zip = new ZipBytes();
        zip.add("archive/data.pkl", pickle);
        zip.add("archive/byteorder", "little".getBytes(UTF_8));
        return zip;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(RandomAccessFile out, ByteBuffer bytes) throws IOException {
        out.getChannel().write(bytes.flip());
    }

    private static long or(Long lie, long truth) {
        return lie == null ? truth : lie;
    }

    /** Writes the file; data longer than given become holes of a sparse file. */
    Path write(Path path) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(path.toFile(), "rw")) {
            out.setLength(0);
            for (Entry entry : entries) {
                writeLocal(out, entry);
            }
            long start = out.getFilePointer();
            for (Entry entry : entries) {
                writeListed(out, entry);
            }
            writeEnd(out, start, out.getFilePointer() - start);
        }
        return path;
    }

    private static void writeLocal(RandomAccessFile out, Entry entry) throws IOException {
        entry.writtenAt = out.getFilePointer();
        ByteBuffer local = buffer(30 + entry.localName.length + (entry.zip64 ? 20 : 0));
        long size = or(entry.localSize, entry.dataLength);
        int narrow = entry.zip64 ? -1 : (int) size;
        local.putInt(0x04034b50).putShort((short) 0).putShort((short) (entry.flags | entry.localFlags));
        local.putShort((short) entry.method).putInt(0).putInt(0).putInt(narrow).putInt(narrow);
        local.putShort((short) entry.localName.length).putShort((short) (entry.zip64 ? 20 : 0));
        local.put(entry.localName);
        if (entry.zip64) {
            local.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
        }
        put(out, local);
        long end = out.getFilePointer() + entry.dataLength;
        out.write(entry.data);
        if (out.length() < end) {
            out.setLength(end);
        }
        out.seek(end);
    }

    private static void writeListed(RandomAccessFile out, Entry entry) throws IOException {
        int extra = entry.zip64 ? 28 : 0;
        ByteBuffer listed = buffer(46 + entry.name.length + extra);
        long size = or(entry.listedSize, entry.dataLength);
        long packed = or(entry.listedPackedSize, size);
        long header = or(entry.header, entry.writtenAt);
        listed.putInt(0x02014b50)
                .putInt(0)
                .putShort((short) entry.flags)
                .putShort((short) entry.method)
                .putLong(0);
        listed.putInt(entry.zip64 ? -1 : (int) packed).putInt(entry.zip64 ? -1 : (int) size);
        listed.putShort((short) entry.name.length)
                .putShort((short) extra)
                .putShort((short) 0)
                .putLong(0);
        listed.putInt(entry.zip64 ? -1 : (int) header).put(entry.name);
        if (entry.zip64) {
            listed.putShort((short) 1)
                    .putShort((short) 24)
                    .putLong(size)
                    .putLong(packed)
                    .putLong(header);
        }
        put(out, listed);
    }

    private void writeEnd(RandomAccessFile out, long start, long size) throws IOException {
        int count = entryCount == null ? entries.size() : entryCount;
        if (zip64) {
            long position = out.getFilePointer();
            ByteBuffer end = buffer(76);
            end.putInt(0x06064b50)
                    .putLong(44)
                    .putInt(0)
                    .putLong(0)
                    .putLong(count)
                    .putLong(count);
            end.putLong(or(directorySize, size)).putLong(or(zip64DirectoryPosition, start));
            end.putInt(0x07064b50)
                    .putInt(0)
                    .putLong(or(zip64Position, position))
                    .putInt(1);
            put(out, end);
        }
        ByteBuffer end = buffer(22 + comment.length);
        end.putInt(0x06054b50).putShort((short) disk).putShort((short) disk);
        end.putShort((short) (zip64 ? -1 : count)).putShort((short) (zip64 ? -1 : count));
        end.putInt(zip64 ? -1 : (int) or(directorySize, size)).putInt(zip64 ? -1 : (int) or(directoryPosition, start));
        end.putShort((short) comment.length).put(comment);
        put(out, end);
    }
}
