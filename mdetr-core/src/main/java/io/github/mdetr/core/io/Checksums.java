package io.github.mdetr.core.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * CRC-32C of a safetensors file's parts, kept in its metadata: of each tensor's bytes, and of the length and header, in which
 * the eight digits of the header's own checksum count as zeros. Tensors are compared while they are read
 * ({@link TensorChecksum}).
 */
final class Checksums {
    /** Eight hexadecimal digits for each tensor, in the header's order. */
    static final String TENSORS = "mdetr.crc32c.tensors";

    /** Eight hexadecimal digits. */
    static final String HEADER = "mdetr.crc32c.header";

    private static final int DIGITS = 8;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

    private Checksums() {}

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

    /** Takes them out of the metadata: they concern the bytes of this file alone. */
    static void drop(Map<String, String> metadata) {
        metadata.remove(TENSORS);
        metadata.remove(HEADER);
    }

    /**
     * Checks length and header, takes the checksums out of the metadata, and gives each tensor its own. A file without any, as
     * other programs write them, is left as it is.
     *
     * @throws CheckpointFormatException where the header is not what was written
     */
    static void take(CheckpointFile file, byte[] head, Map<String, StoredTensor> tensors, Map<String, String> metadata)
            throws CheckpointFormatException {
        String all = metadata.remove(TENSORS);
        String own = metadata.remove(HEADER);
        if (all == null && own == null) {
            return;
        }
        int digits = DIGITS * tensors.size();
        boolean listed =
                all != null && all.length() == digits && HEX.matcher(all).matches();
        String found = own == null ? "" : HexFormat.of().toHexDigits(sum(head));
        if (all == null || !listed || !found.equals(own)) {
            throw file.error(
                    "header",
                    own == null ? "the metadata " + HEADER : "the checksum " + Excerpt.quote(own),
                    found.isEmpty() ? "none" : Excerpt.quote(found),
                    "the file was damaged since it was written, or another program changed it and kept the metadata: take"
                            + " another copy, or read it unverified (--no-verify)");
        }
        int at = 0;
        for (Map.Entry<String, StoredTensor> entry : tensors.entrySet()) {
            StoredTensor tensor = entry.getValue();
            int expected = HexFormat.fromHexDigits(all, at, at + DIGITS);
            entry.setValue(tensor.checkedBy(new TensorChecksum(file, tensor.info(), expected)));
            at += DIGITS;
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
