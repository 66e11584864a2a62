package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes.
 *
 * <p>Source: the format section of the safetensors project's README. A file is accepted only if every byte behind the
 * header belongs to exactly one tensor.
 */
public final class SafeTensors {
    /** Longest header accepted: room for some hundred thousand tensors. */
    static final int MAX_HEADER_BYTES = 32 << 20;

    static final String BROKEN = "the file is damaged or was not written by safetensors; download or convert it again";

    private SafeTensors() {}

    /**
     * Opens a file without reading tensors; those that are read from their beginning to their end are compared with the
     * checksums that {@link SafeTensorsWriter} wrote.
     *
     * @throws CheckpointFormatException where the header does not describe the file exactly
     */
    public static TensorSource open(Path path) throws IOException {
        return open(path, true);
    }

    /**
     * Opens a file without reading tensors.
     *
     * @param verify whether tensors are compared with checksums as in {@link #open(Path)}
     * @throws CheckpointFormatException where the header does not describe the file exactly
     */
    public static TensorSource open(Path path, boolean verify) throws IOException {
        CheckpointFile file = CheckpointFile.open(path);
        try {
            return open(file, verify);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Reads the header; the result owns {@code file}, and compares it with its checksums where asked to. */
    static TensorSource open(CheckpointFile file, boolean verify) throws IOException {
        SafeTensorsHeader header = header(file, verify);
        return new FileTensors(file, file.path().toString(), header.tensors(), header.metadata());
    }

    /** Reads the header; its tensors are compared with their checksums where asked to. */
    static SafeTensorsHeader header(CheckpointFile file, boolean verify) throws IOException {
        if (file.size() < 8) {
            throw file.error("header length", "8 bytes", "a file of " + file.size() + " bytes", BROKEN);
        }
        long length = file.littleEndian(0, 8).getLong();
        if (length < 2 || length > file.size() - 8) {
            throw file.error(
                    "header length",
                    "2 to " + (file.size() - 8) + ", the bytes that follow it",
                    Long.toUnsignedString(length),
                    BROKEN);
        }
        if (length > MAX_HEADER_BYTES) {
            throw file.error("header length", "at most " + MAX_HEADER_BYTES, String.valueOf(length), BROKEN);
        }
        byte[] head = file.readBytes(0, 8 + (int) length);
        CharBuffer json = decode(file, ByteBuffer.wrap(head, 8, (int) length));
        SafeTensorsHeader header = new SafeTensorsHeader(file, 8 + length);
        header.parse(json);
        if (verify) {
            Checksums.take(file, head, header.tensors(), header.metadata());
        } else {
            Checksums.drop(header.metadata());
        }
        return header;
    }

    private static CharBuffer decode(CheckpointFile file, ByteBuffer bytes) throws CheckpointFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes);
        } catch (CharacterCodingException e) {
            throw file.error("header", "UTF-8 text", "bytes that are not (" + e.getMessage() + ")", BROKEN);
        }
    }
}
