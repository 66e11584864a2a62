package io.github.mdetr.tokenizer;

/** Walks over UTF-8 and tells which UTF-16 chars a byte lies in; quick for positions near the one asked before. */
final class CharCursor {
    private final byte[] utf8;
    /** The character under the cursor: its first byte, the byte after it, and its first char. */
    private int byteStart;

    private int byteEnd;
    private int charStart;

    CharCursor(byte[] utf8) {
        this.utf8 = utf8;
        this.byteEnd = utf8.length == 0 ? 0 : Utf8.lengthOf(utf8[0]);
    }

    /** Returns where the character begins that holds a byte; the text's length for the byte after the last. */
    int startOf(int position) {
        seek(position);
        return charStart;
    }

    /** Returns where the character ends that holds a byte. */
    int endOf(int position) {
        seek(position);
        return charStart + charsOf(byteEnd - byteStart);
    }

    private void seek(int position) {
        while (position < byteStart) {
            byteEnd = byteStart;
            byteStart = Utf8.before(utf8, byteStart);
            charStart -= charsOf(byteEnd - byteStart);
        }
        while (byteEnd <= position && byteStart < utf8.length) {
            charStart += charsOf(byteEnd - byteStart);
            byteStart = byteEnd;
            byteEnd += byteStart < utf8.length ? Utf8.lengthOf(utf8[byteStart]) : 0;
        }
    }

    private static int charsOf(int bytes) {
        return bytes == 4 ? 2 : 1;
    }
}
