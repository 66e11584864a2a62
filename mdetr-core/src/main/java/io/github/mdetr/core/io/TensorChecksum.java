package io.github.mdetr.core.io;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The checksum of one tensor of a safetensors file, compared while the tensor is read, without a second pass: whoever reads it
 * from its first byte to its last, one part after the other, gets an error with the last part where the bytes are not those that
 * were written.
 */
final class TensorChecksum {
    private final CheckpointFile file;
    private final TensorInfo tensor;
    private final int expected;
    private final CRC32C sum = new CRC32C();
    /** Of the tensor's bytes, those that were read in order. */
    private long passed;

    TensorChecksum(CheckpointFile file, TensorInfo tensor, int expected) {
        this.file = file;
        this.tensor = tensor;
        this.expected = expected;
    }

    /**
     * Counts bytes that were read.
     *
     * @param at their offset in the tensor
     * @throws CheckpointFormatException where the tensor ends with them and is not what was written
     */
    synchronized void passed(long at, ByteBuffer bytes) throws CheckpointFormatException {
        if (at == 0) {
            sum.reset();
            passed = 0;
        }
        if (at != passed) {
            return; // out of order: no checksum of the whole
        }
        passed += bytes.remaining();
        sum.update(bytes);
        if (passed == tensor.byteSize() && (int) sum.getValue() != expected) {
            throw file.error(
                    "tensor " + Excerpt.quote(tensor.name()),
                    "the checksum " + HexFormat.of().toHexDigits(expected),
                    HexFormat.of().toHexDigits((int) sum.getValue()),
                    "the file was damaged since it was written: take another copy, or read it unverified (--no-verify)");
        }
    }
}
