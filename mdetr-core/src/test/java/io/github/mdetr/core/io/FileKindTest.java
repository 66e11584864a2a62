package io.github.mdetr.core.io;

import static io.github.mdetr.core.io.Hostile.assertRejected;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are no checkpoint: the error says what they look like. Names do not matter. */
class FileKindTest {
    @TempDir
    Path folder;

    private Path file(byte[] bytes) throws Exception {
        return Files.write(folder.resolve("weights.pth"), bytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><html>404</html> | an HTML page, perhaps of a failed download",
                "<HTML><body> | an HTML page",
                "<?xml version='1.0'?><Error>AccessDenied</Error> | an XML document",
                "version https://git-lfs.github.com/spec/v1 | a Git LFS pointer",
                "{\"a\": {\"b\": 1}} | a JSON document",
                "hello world, no checkpoint | text that begins 'hello world, no '",
                "GGUF3 | a GGUF file"
            })
    void textFiles(String content, String described) throws Exception {
        assertRejected(file(content.getBytes(ISO_8859_1)), "safetensors, or a file that torch.save wrote", described);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "93 4e 55 4d 50 59 01 00 | a NumPy .npy array",
                "89 48 44 46 0d 0a 1a 0a | an HDF5 file",
                "ff d8 ff e0 00 10 | an image",
                "08 07 12 07 70 79 74 6f 72 63 68 | an ONNX model",
                "42 5a 68 39 31 41 | compressed data",
                "28 b5 2f fd 24 00 | compressed data",
                "de ad be ef | bytes that begin de ad be ef"
            })
    void binaryFiles(String content, String described) throws Exception {
        assertRejected(file(HexFormat.ofDelimiter(" ").parseHex(content)), described);
    }

    @Test
    void tar() throws Exception {
        byte[] bytes = new byte[1024];
        System.arraycopy("ustar".getBytes(ISO_8859_1), 0, bytes, 257, 5);
        assertRejected(file(bytes), "a tar archive");
    }

    @Test
    void gzip() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(Files.readAllBytes(TestFiles.resource("golden/zip.pth")));
        }
        assertRejected(file(bytes.toByteArray()), "gzip data (unpack it first)");
    }

    @Test
    void emptyDirectoryAndMissing() throws Exception {
        assertRejected(file(new byte[0]), "got an empty file");
        assertRejected(folder, "got a directory");
        assertRejected(folder.resolve("missing.pth"), "got nothing at this path", "give the path");
    }

    @Test
    void otherZipFiles() throws Exception {
        Path file = folder.resolve("arrays.npz");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.setMethod(ZipOutputStream.STORED);
            ZipEntry entry = new ZipEntry("weight.npy");
            entry.setSize(0);
            entry.setCrc(0);
            out.putNextEntry(entry);
        }
        assertRejected(
                file, "zip file", "one entry data.pkl", "0 of them among 1 entries 'weight.npy' (a NumPy .npz?)");
    }

    /** Lengths of 0x80, 0x180 to 0x580 begin as pickles of protocols 0 to 5 do. */
    @Test
    void headersOfAnyLengthAreSafetensors() throws Exception {
        for (int length = 2; length <= 0x600; length++) {
            byte[] header = String.format("{%" + (length - 1) + "s", "}").getBytes(ISO_8859_1);
            byte[] bytes = ByteBuffer.allocate(8 + length)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .put(header)
                    .array();
            Assertions.assertEquals(FileKind.SAFETENSORS, FileKind.of(bytes), "header of " + length);
        }
        Path file = folder.resolve("weights.safetensors");
        int length = 0;
        for (int spaces = 0; length != 0x80; spaces += 8) {
            try (SafeTensorsWriter writer =
                    SafeTensorsWriter.create(file, List.of(), Map.of("comment", " ".repeat(spaces)))) {
                writer.commit();
            }
            length = Math.toIntExact(Files.size(file)) - 8;
        }
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Assertions.assertEquals(Checkpoint.Format.SAFETENSORS, checkpoint.format());
        }
    }

    @Test
    void pickleThatTorchDidNotWrite() throws Exception {
        assertRejected(
                file(new byte[] {(byte) 0x80, 2, ']', '.'}),
                "first pickle",
                "the magic number of torch.save",
                "a list");
    }

    @Test
    void suffixesDoNotMatter() throws Exception {
        Path torch = Files.copy(TestFiles.resource("golden/zip.pth"), folder.resolve("a.safetensors"));
        Path safetensors = Files.copy(TestFiles.resource("fixtures/types.safetensors"), folder.resolve("a.pth"));
        try (Checkpoint first = Checkpoint.open(torch);
                Checkpoint second = Checkpoint.open(safetensors)) {
            Assertions.assertEquals(Checkpoint.Format.TORCH_ZIP, first.format());
            Assertions.assertEquals(Checkpoint.Format.SAFETENSORS, second.format());
        }
    }
}
