package io.github.mdetr.core.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** What a file's first bytes say it is; its name has no say. */
enum FileKind {
    SAFETENSORS,
    ZIP,
    PICKLE,
    OTHER;

    /** As many bytes as {@link #of} and {@link #describe} look at. */
    static final int HEAD_BYTES = 512;

    private static final int TAR_MAGIC = 257;

    static FileKind of(byte[] head) {
        if (starts(head, 'P', 'K', 3, 4) || starts(head, 'P', 'K', 5, 6)) {
            return ZIP;
        }
        // safetensors has no magic number: a brace behind eight bytes of length, which text would not be. Looked at
        // before
        // pickles, for a length may begin with the bytes that a pickle does; torch.save's have no brace there.
        boolean text = true;
        for (int i = 0; i < Math.min(head.length, 8); i++) {
            text &= head[i] >= ' ' || head[i] == '\n' || head[i] == '\r' || head[i] == '\t';
        }
        if (head.length > 8 && head[8] == '{' && !text) {
            return SAFETENSORS;
        }
        boolean pickle = head.length > 1 && (head[0] & 0xff) == 0x80 && head[1] >= 0 && head[1] <= 5;
        return pickle ? PICKLE : OTHER;
    }

    /** Names what the bytes look like, for an error. */
    static String describe(byte[] head) {
        String text = new String(head, 0, Math.min(head.length, 256), StandardCharsets.ISO_8859_1);
        String lower = text.stripLeading().toLowerCase(Locale.ROOT);
        if (head.length == 0) {
            return "an empty file";
        }
        if (text.startsWith("version https://git-lfs")) {
            return "a Git LFS pointer, not the file that it stands for (git lfs pull fetches that)";
        }
        if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
            return "an HTML page, perhaps of a failed download";
        }
        if (lower.startsWith("<?xml")) {
            return "an XML document, perhaps of a failed download";
        }
        if (starts(head, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
            return "a NumPy .npy array";
        }
        if (starts(head, 0x1f, 0x8b)) {
            return "gzip data (unpack it first)";
        }
        if (starts(head, 'B', 'Z', 'h')
                || starts(head, 0xfd, '7', 'z', 'X', 'Z')
                || starts(head, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "compressed data (unpack it first)";
        }
        if (starts(head, 0x89, 'H', 'D', 'F')) {
            return "an HDF5 file, as Keras writes them";
        }
        if (starts(head, 'G', 'G', 'U', 'F')) {
            return "a GGUF file";
        }
        if (starts(head, 0xff, 0xd8, 0xff) || starts(head, 0x89, 'P', 'N', 'G')) {
            return "an image";
        }
        if (head.length >= TAR_MAGIC + 5
                && new String(head, TAR_MAGIC, 5, StandardCharsets.ISO_8859_1).equals("ustar")) {
            return "a tar archive (unpack it, or it is a checkpoint of PyTorch before 0.2)";
        }
        // ONNX is a protobuf message: field 1 the version, then field 2 the producer's name.
        if (head.length > 3 && head[0] == 8 && head[1] > 0 && head[1] < 32 && head[2] == 0x12) {
            return "an ONNX model";
        }
        if (lower.startsWith("{")) {
            return "a JSON document";
        }
        String excerpt = Excerpt.quote(head, Math.min(head.length, 16));
        return (excerpt.startsWith("'") ? "text that begins " : "bytes that begin ") + excerpt;
    }

    private static boolean starts(byte[] head, int... magic) {
        return head.length >= magic.length
                && Arrays.equals(
                        Arrays.copyOf(head, magic.length),
                        new String(magic, 0, magic.length).getBytes(StandardCharsets.ISO_8859_1));
    }
}
