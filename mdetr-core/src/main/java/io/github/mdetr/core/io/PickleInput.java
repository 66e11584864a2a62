package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of one pickle, read once from front to back; nothing is allocated for a length before its bytes are there. */
final class PickleInput {
    /** A checkpoint's pickle has some hundred bytes for each tensor. */
    static final int MAX_BYTES = 32 << 20;

    static final String BROKEN = "the file is cut short or damaged; download it again";
    /** What to do with a file that no program writes by accident. */
    static final String HOSTILE = "it is damaged or was made to do harm; do not use it";

    private static final int FREE_BYTES = 1 << 20;
    private static final int COPIES = 16;
    private static final int MAX_LINE = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 14;

    private final CheckpointFile file;
    private final String name;
    private final long base;
    private final long start;
    private final long limit;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long bufferEnd;
    private long operation;
    private long charged;

    /**
     * Bytes of the file from {@code start} on.
     *
     * @param name what errors call it
     * @param base where errors count bytes from
     */
    PickleInput(CheckpointFile file, String name, long base, long start, long length) {
        this.file = file;
        this.name = name;
        this.base = base;
        this.start = start;
        this.limit = start + Math.min(length, MAX_BYTES);
        this.bufferEnd = start;
        this.operation = start;
        buffer.limit(0);
    }

    /** Position in the file of the next byte. */
    long position() {
        return bufferEnd - buffer.remaining();
    }

    long remaining() {
        return limit - position();
    }

    /** Begins an operation: errors name its position. */
    int operation() throws IOException {
        operation = position();
        return unsignedByte();
    }

    int unsignedByte() throws IOException {
        require(1);
        return buffer.get() & 0xff;
    }

    int unsignedShort() throws IOException {
        require(2);
        return buffer.getShort() & 0xffff;
    }

    int signedInt() throws IOException {
        require(4);
        return buffer.getInt();
    }

    long unsignedInt() throws IOException {
        return signedInt() & 0xffffffffL;
    }

    long signedLong() throws IOException {
        require(8);
        return buffer.getLong();
    }

    /** Eight bytes, big-endian, as BINFLOAT has them. */
    double bigEndianDouble() throws IOException {
        return Double.longBitsToDouble(Long.reverseBytes(signedLong()));
    }

    byte[] bytes(long length) throws IOException {
        long left = remaining();
        if (length < 0 || length > left) {
            throw error(
                    "at most the " + left + " bytes that follow",
                    "a length of " + Long.toUnsignedString(length),
                    BROKEN);
        }
        byte[] bytes = new byte[(int) length];
        int buffered = Math.min(bytes.length, buffer.remaining());
        buffer.get(bytes, 0, buffered);
        if (buffered < bytes.length) {
            file.readFully(bufferEnd, ByteBuffer.wrap(bytes, buffered, bytes.length - buffered));
            bufferEnd += bytes.length - buffered;
        }
        return bytes;
    }

    /** UTF-8 text; Python's lone surrogates ("surrogatepass") are no text that a checkpoint has. */
    String text(long length) throws IOException {
        byte[] bytes = bytes(length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw error("text in UTF-8", "other bytes", BROKEN);
        }
    }

    /** Bytes up to the next line feed, which is skipped, one character for each. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
            if (line.length() == MAX_LINE) {
                throw error("a line feed", "more than " + MAX_LINE + " bytes without one", BROKEN);
            }
            line.append((char) c);
        }
        return line.toString();
    }

    /**
     * Accounts for memory that an operation takes beyond its own bytes (a copy of a value met before), so that all of it
     * stays a small multiple of the bytes read.
     */
    void charge(long bytes) throws CheckpointFormatException {
        charged += bytes;
        if (charged > FREE_BYTES + COPIES * (position() - start)) {
            throw error("values of a size in keeping with the file's", "copies of " + charged + " bytes", HOSTILE);
        }
    }

    /** Where in the file the operation in progress begins. */
    long operationPosition() {
        return operation;
    }

    /** An error at the operation in progress. */
    CheckpointFormatException error(String expected, String got, String fix) {
        return errorAt(operation, expected, got, fix);
    }

    /** An error at an earlier operation, by its {@link #operationPosition}. */
    CheckpointFormatException errorAt(long position, String expected, String got, String fix) {
        return file.error(name + " at byte " + (position - base), expected, got, fix);
    }

    private void require(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        if (limit - position() < count) {
            String got = limit < file.size() && limit - start >= MAX_BYTES
                    ? "more than " + MAX_BYTES + " bytes"
                    : "the end of the data";
            throw error("a pickle that ends with STOP", got, BROKEN);
        }
        buffer.compact();
        buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + limit - bufferEnd));
        int added = buffer.remaining();
        file.readFully(bufferEnd, buffer);
        bufferEnd += added;
        buffer.flip();
    }
}
