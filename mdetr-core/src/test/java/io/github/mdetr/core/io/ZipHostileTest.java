package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip files whose parts disagree, and what is a zip file but no checkpoint. */
class ZipHostileTest {
    private static final byte[] PICKLE = new PickleBytes()
            .protocol()
            .op('}')
            .text("w")
            .tensor("0", 3, 0, new long[] {3}, new long[] {1})
            .op("s.")
            .bytes();

    @TempDir
    Path folder;

    private static ZipBytes zip() {
        ZipBytes zip = ZipBytes.checkpoint(PICKLE);
        zip.add("archive/data/0", new byte[12]);
        return zip;
    }

    private Path write(ZipBytes zip) throws Exception {
        return zip.write(folder.resolve("hostile.pth"));
    }

    private Path write(byte[] bytes) throws Exception {
        return Files.write(folder.resolve("hostile.pth"), bytes);
    }

    @Test
    void whatTheHelpersWriteIsReadable() throws Exception {
        Hostile.readAll(write(zip()));
        ZipBytes wide = zip();
        wide.zip64 = true;
        wide.entries.forEach(entry -> entry.zip64 = true);
        Hostile.readAll(write(wide));
        ZipBytes commented = zip();
        commented.comment = "a comment".getBytes(UTF_8);
        Hostile.readAll(write(commented));
    }

    @Test
    void truncatedAnywhere() throws Exception {
        byte[] bytes = Files.readAllBytes(TestFiles.resource("golden/zip.pth"));
        for (int length : new int[] {4, 30, 1000, bytes.length / 2, bytes.length - 22, bytes.length - 1}) {
            assertRejected(
                    write(Arrays.copyOf(bytes, length)), "an end-of-central-directory record", "none", "cut short");
        }
    }

    @Test
    void trailingGarbage() throws Exception {
        byte[] bytes = Files.readAllBytes(TestFiles.resource("golden/zip.pth"));
        assertRejected(write(Arrays.copyOf(bytes, bytes.length + 5)), "an end-of-central-directory record");
    }

    @Test
    void directoryWhereItIsNot() throws Exception {
        for (long lie : new long[] {0, 1, 100, 1_000_000, 0xfffffffeL}) {
            ZipBytes zip = zip();
            zip.directoryPosition = lie;
            assertRejected(write(zip), "a central directory that ends where its end record begins");
            zip = zip();
            zip.directorySize = lie;
            assertRejected(write(zip), "a central directory that ends where its end record begins");
        }
    }

    @Test
    void entryCountsThatLie() throws Exception {
        ZipBytes zip = zip();
        zip.entryCount = 2;
        assertRejected(write(zip), "central directory", "2 entries", "more behind them");
        zip.entryCount = 4;
        assertRejected(write(zip), "an entry", "other bytes");
        zip.entryCount = 60_000;
        assertRejected(write(zip), "room for 60000 entries");
    }

    @Test
    void sizesThatLie() throws Exception {
        ZipBytes local = zip();
        local.entries.get(2).localSize = 13L;
        assertRejected(
                write(local),
                "zip entry 'archive/data/0'",
                "12 bytes, as the central directory says",
                "13 in its local header");
        ZipBytes listed = zip();
        listed.entries.get(2).listedSize = 13L;
        assertRejected(
                write(listed), "zip entry 'archive/data/0'", "before the next entry or the directory", "13 bytes");
        ZipBytes packed = zip();
        packed.entries.get(2).listedPackedSize = 11L;
        assertRejected(write(packed), "one size for a stored entry", "11 and 12");
        ZipBytes beyond = zip();
        beyond.entries.get(0).listedSize = 1L << 31;
        assertRejected(
                write(beyond),
                "zip entry 'archive/data.pkl'",
                "before the next entry or the directory",
                "2147483648 bytes");
        ZipBytes storage = zip();
        storage.entries.get(2).data = new byte[8];
        storage.entries.get(2).dataLength = 8;
        assertRejected(write(storage), "storage '0'", "a zip entry of 12 bytes", "got 8 bytes");
    }

    @Test
    void zip64SizesThatLie() throws Exception {
        for (long lie : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40}) {
            ZipBytes size = zip();
            size.entries.get(2).zip64 = true;
            size.entries.get(2).listedSize = lie;
            assertRejected(
                    write(size),
                    "zip entry 'archive/data/0'",
                    "before the next entry or the directory",
                    lie + " bytes");
            ZipBytes header = zip();
            header.entries.get(2).zip64 = true;
            header.entries.get(2).header = lie;
            assertRejected(write(header), "a local header before the next entry or the directory", "one at " + lie);
            ZipBytes directory = zip();
            directory.zip64 = true;
            directory.zip64DirectoryPosition = lie;
            assertRejected(write(directory), "a central directory that ends where its end record begins");
            ZipBytes end = zip();
            end.zip64 = true;
            end.zip64Position = lie;
            assertRejected(write(end), "zip64 end of the central directory", "got " + lie);
            ZipBytes length = zip();
            length.zip64 = true;
            length.directorySize = lie;
            assertRejected(write(length), "a central directory that ends where its end record begins");
        }
        ZipBytes record = zip();
        record.zip64 = true;
        record.zip64Position = 0L;
        assertRejected(write(record), "zip64 end of the central directory at byte 0", "other bytes");
        ZipBytes count = zip();
        count.zip64 = true;
        count.entryCount = -1;
        assertRejected(write(count), "room for 18446744073709551615 entries");
        count.entryCount = Integer.MAX_VALUE;
        assertRejected(write(count), "at most 200000 entries");
    }

    @Test
    void headersThatAreNot() throws Exception {
        ZipBytes zip = zip();
        write(zip);
        long inside = zip.entries.get(2).writtenAt + 5;
        zip.entries.get(2).header = inside;
        assertRejected(write(zip), "zip entry 'archive/data/0'", "a local header at byte " + inside, "other bytes");
        ZipBytes name = zip();
        name.entries.get(2).localName = "archive/data/1".getBytes(UTF_8);
        assertRejected(
                write(name), "zip entry 'archive/data/0'", "the same name in its local header", "'archive/data/1'");
    }

    @Test
    void overlappingEntries() throws Exception {
        ZipBytes zip = zip();
        write(zip);
        long header = zip.entries.get(2).writtenAt;
        // A longer entry whose data hold the header and data of the next.
        ZipBytes quoting = zip();
        quoting.entries.get(1).listedSize = 60L;
        quoting.entries.get(1).localSize = 60L;
        assertRejected(
                write(quoting),
                "zip entry 'archive/byteorder'",
                "data that ends before the next entry or the directory at " + header,
                "got 60 bytes");
        ZipBytes same = zip();
        same.add("archive/data/1", new byte[12]);
        same.entries.get(3).header = header;
        assertRejected(
                write(same), "zip entry 'archive/data/0'", "before the next entry or the directory at " + header);
    }

    @Test
    void duplicateNames() throws Exception {
        ZipBytes zip = zip();
        zip.add("archive/data/0", new byte[12]);
        assertRejected(write(zip), "zip entry 'archive/data/0'", "distinct names", "twice");
    }

    @Test
    void compressedBomb() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            out.putNextEntry(new ZipEntry("archive/data.pkl"));
            out.write(new byte[50_000_000]);
        }
        assertRejected(
                write(bytes.toByteArray()), "zip entry 'archive/data.pkl'", "a stored entry", "compression method 8");
        ZipBytes zip = zip();
        zip.entries.get(2).localFlags = 1;
        assertRejected(write(zip), "a stored entry in its local header too");
    }

    @Test
    void encryptedAndSplit() throws Exception {
        ZipBytes zip = zip();
        zip.entries.get(0).flags = 1;
        assertRejected(write(zip), "not encrypted");
        ZipBytes split = zip();
        split.disk = 3;
        assertRejected(write(split), "a single-part zip file");
    }

    @Test
    void namesThatAreNoText() throws Exception {
        ZipBytes zip = zip();
        zip.entries.get(2).name = new byte[] {(byte) 0xff, (byte) 0xfe};
        assertRejected(write(zip), "a name in UTF-8");
        ZipBytes forged = zip();
        forged.add("x\ny", new byte[0]).localName = new byte[] {'z'};
        assertRejected(write(forged), "zip entry 'x\\u000ay'");
    }

    @Test
    void directoryFieldsBeyondTheirEntry() throws Exception {
        byte[] bytes = Files.readAllBytes(write(zip()));
        ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int directory = view.getInt(bytes.length - 6);
        for (int field : new int[] {28, 30, 32}) {
            byte[] lie = bytes.clone();
            ByteBuffer.wrap(lie).order(ByteOrder.LITTLE_ENDIAN).putShort(directory + field, (short) 0xfff0);
            assertRejected(write(lie), "an entry within the directory");
        }
    }

    @Test
    void notACheckpoint() throws Exception {
        ZipBytes other = new ZipBytes();
        other.add("[Content_Types].xml", new byte[3]);
        other.add("word/document.xml", new byte[3]);
        assertRejected(write(other), "one entry data.pkl", "0 of them among 2 entries '[Content_Types].xml'");
        ZipBytes script = zip();
        script.add("archive/constants.pkl", new byte[3]);
        assertRejected(write(script), "a TorchScript archive of torch.jit.save", "state_dict()");
        ZipBytes two = zip();
        two.add("other/data.pkl", PICKLE);
        assertRejected(write(two), "2 of them");
        assertRejected(write(new ZipBytes()), "0 of them among 0 entries");
    }

    @Test
    void torchScriptAsPyTorchWritesIt() throws Exception {
        assertRejected(
                TestFiles.resource("fixtures/script.pt"), "a TorchScript archive of torch.jit.save", "state_dict()");
    }

    @Test
    void bigEndian() throws Exception {
        ZipBytes zip = zip();
        zip.entries.get(1).data = "big".getBytes(UTF_8);
        zip.entries.get(1).dataLength = 3;
        assertRejected(write(zip), "archive/byteorder", "expected 'little'", "got 'big'", "little-endian machine");
    }

    @Test
    void moreEntriesThanAnyCheckpoint() throws Exception {
        ZipBytes zip = zip();
        zip.zip64 = true;
        for (int i = 0; i < 200_000; i++) {
            zip.add("f" + i, new byte[0]);
        }
        assertRejected(write(zip), "at most 200000 entries");
    }
}
