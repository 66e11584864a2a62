package io.github.mdetr.core.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * CRC-32C of a safetensors file's parts, kept in its metadata: of each tensor's bytes, and of the length and header, in which
 * the eight digits of the header's own checksum count as zeros. A tensor is checked while it is read, without a second pass:
 * whoever reads it from its first byte to its last, one part after the other, gets an error with the last part where the bytes
 * are not those that were written.
 */
final class Checksums {
    /** Eight hexadecimal digits for each tensor, in the header's order. */
    static final String TENSORS = "mdetr.crc32c.tensors";

    /** Eight hexadecimal digits. */
    static final String HEADER = "mdetr.crc32c.header";

    private static final int DIGITS = 8;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

    private final CheckpointFile file;
    private final Map<String, Integer> expected = new HashMap<>();
    private final Map<String, Passed> passed = new ConcurrentHashMap<>();

    private Checksums(CheckpointFile file) {
        this.file = file;
    }

    /** What of a tensor has been read in order. */
    private static final class Passed {
        private final CRC32C sum = new CRC32C();
        private long bytes;
    }

    // ---- writing ----

    /** Puts zeros into the metadata of a file to be written, for {@link #seal}; what another file's were is lost. */
    static void declare(Map<String, String> metadata, int tensors) {
        metadata.put(HEADER, "0".repeat(DIGITS));
        metadata.put(TENSORS, "0".repeat(DIGITS * tensors));
    }

    /** Writes the digits into length and header, once the values are known. */
    static void seal(byte[] head, List<CRC32C> tensors) {
        int at = digits(head, TENSORS);
        for (CRC32C tensor : tensors) {
            put(head, at, (int) tensor.getValue());
            at += DIGITS;
        }
        put(head, digits(head, HEADER), sum(head));
    }

    private static void put(byte[] head, int at, int value) {
        byte[] hex = HexFormat.of().toHexDigits(value).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(hex, 0, head, at, DIGITS);
    }

    // ---- reading ----

    /** Takes them out of the metadata, of which they tell nothing but this file's bytes. */
    static void drop(Map<String, String> metadata) {
        metadata.remove(TENSORS);
        metadata.remove(HEADER);
    }

    /**
     * Checks length and header, and takes the checksums out of the metadata.
     *
     * @return null where the file has none, as other programs' have not
     * @throws CheckpointFormatException where the header is not what was written
     */
    static @Nullable Checksums take(
            CheckpointFile file, byte[] head, Iterable<String> tensors, Map<String, String> metadata)
            throws CheckpointFormatException {
        String all = metadata.remove(TENSORS);
        String own = metadata.remove(HEADER);
        if (all == null && own == null) {
            return null;
        }
        Checksums sums = new Checksums(file);
        int at = 0;
        for (String name : tensors) {
            at += DIGITS;
            if (all != null
                    && all.length() >= at
                    && HEX.matcher(all).region(at - DIGITS, at).matches()) {
                sums.expected.put(name, HexFormat.fromHexDigits(all, at - DIGITS, at));
            }
        }
        String found = own == null ? "" : HexFormat.of().toHexDigits(sum(head));
        if (all == null || all.length() != at || sums.expected.size() != at / DIGITS || !found.equals(own)) {
            throw file.error(
                    "header",
                    own == null ? "the metadata " + HEADER : "the checksum " + Excerpt.quote(own),
                    found.isEmpty() ? "none" : Excerpt.quote(found),
                    "the file was damaged since it was written, or another program changed it and kept the metadata: take"
                            + " another copy, or read it unverified (--no-verify)");
        }
        return sums;
    }

    /**
     * Counts bytes that were read of a tensor.
     *
     * @param at their offset in the tensor
     * @throws CheckpointFormatException where the tensor ends with them and is not what was written
     */
    void passed(TensorInfo tensor, long at, ByteBuffer bytes) throws CheckpointFormatException {
        Passed so = passed.computeIfAbsent(tensor.name(), name -> new Passed());
        synchronized (so) {
            if (at == 0) {
                so.sum.reset();
                so.bytes = 0;
            }
            if (at != so.bytes) {
                return; // out of order, which nothing can be told from
            }
            so.bytes += bytes.remaining();
            so.sum.update(bytes);
            Integer wanted = expected.get(tensor.name());
            if (so.bytes == tensor.byteSize() && wanted != null && (int) so.sum.getValue() != wanted) {
                throw file.error(
                        "tensor " + Excerpt.quote(tensor.name()),
                        "the checksum " + HexFormat.of().toHexDigits(wanted),
                        HexFormat.of().toHexDigits((int) so.sum.getValue()),
                        "the file was damaged since it was written: take another copy, or read it unverified"
                                + " (--no-verify)");
            }
        }
    }

    /** Of length and header, the header's own digits as zeros. */
    private static int sum(byte[] head) {
        CRC32C sum = new CRC32C();
        int at = digits(head, HEADER);
        if (at < 0 || at + DIGITS > head.length) {
            sum.update(head);
        } else {
            byte[] zeros = new byte[DIGITS];
            Arrays.fill(zeros, (byte) '0');
            sum.update(head, 0, at);
            sum.update(zeros);
            sum.update(head, at + DIGITS, head.length - at - DIGITS);
        }
        return (int) sum.getValue();
    }

    /** Where the digits of a key begin; -1 where it is not. A name or a text that looks like it has its quotes escaped. */
    private static int digits(byte[] head, String key) {
        byte[] wanted = ('"' + key + "\":\"").getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at + wanted.length <= head.length; at++) {
            if (Arrays.mismatch(head, at, at + wanted.length, wanted, 0, wanted.length) < 0) {
                return at + wanted.length;
            }
        }
        return -1;
    }
}
