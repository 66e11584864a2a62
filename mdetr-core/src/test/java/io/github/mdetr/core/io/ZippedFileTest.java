package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that were zipped once more, damaged or made to fill the disk. */
class ZippedFileTest {
    @TempDir
    Path folder;

    private Path zip(String name, byte[] head, long zeros) throws Exception {
        Path file = folder.resolve("zipped.zip");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(head);
            byte[] block = new byte[1 << 20];
            for (long left = zeros; left > 0; left -= block.length) {
                zip.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return file;
    }

    @Test
    void aBombIsRefusedBeforeItIsUnpacked() throws Exception {
        byte[] head = Files.readAllBytes(TestFiles.resource("golden/zip.pth"));
        assertRejected(zip("weights.pth", head, 200L << 20), "zip entry 'weights.pth'", "at most 64 times its");
    }

    @Test
    void whatIsNoCheckpointIsNotUnpacked() throws Exception {
        assertRejected(
                zip("readme.txt", "hello world, hello".getBytes(StandardCharsets.US_ASCII), 0),
                "one entry data.pkl",
                "'readme.txt'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"__MACOSX/._x", "a/._weights.pth", "a/.DS_Store", "Thumbs.db", "readme.txt", "a/LICENSE"})
    void whatIsAddedNextToTheCheckpointIsPassedOver(String added) throws Exception {
        Path file = two(added, "a few words".getBytes(StandardCharsets.US_ASCII));
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Checkpoint plain = Checkpoint.open(TestFiles.resource("golden/zip.pth"))) {
            assertEquals(plain.model().names(), checkpoint.model().names());
        }
    }

    @Test
    void ofTwoCheckpointsOneIsToBeUnpacked() throws Exception {
        assertRejected(two("b.pth", Files.readAllBytes(TestFiles.resource("golden/zip.pth"))), "unpack the zip file");
    }

    private Path two(String name, byte[] content) throws Exception {
        Path file = folder.resolve("two.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a/"));
            zip.putNextEntry(new ZipEntry("a/weights.pth"));
            zip.write(Files.readAllBytes(TestFiles.resource("golden/zip.pth")));
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return file;
    }

    @Test
    void aDamagedEntryIsToldByItsChecksum() throws Exception {
        byte[] zipped = Files.readAllBytes(TestFiles.resource("forms/zipped-deflated.zip"));
        int checksum = 14; // of the local header, which nobody needs; the directory's is what counts
        zipped[checksum] ^= 1;
        Path file = Files.write(folder.resolve("a.zip"), zipped);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertEquals(3, checkpoint.model().names().size());
        }
        int directory = zipped.length - 22 - 46 - "weights.pth".length();
        zipped[directory + 16] ^= 1;
        assertRejected(Files.write(folder.resolve("b.zip"), zipped), "of the checksum in the directory");
    }

    @Test
    void nothingIsLeftInTheTemporaryFolder() throws Exception {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (Checkpoint checkpoint = Checkpoint.open(TestFiles.resource("forms/zipped-deflated.zip"))) {
            assertEquals(3, checkpoint.model().names().size());
        }
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(
                    0,
                    files.filter(file -> file.getFileName().toString().endsWith(".unpacked"))
                            .count());
        }
    }
}
