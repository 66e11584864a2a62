package io.github.mdetr.tokenizer;

import java.util.Arrays;

/** The tokens of one text while it is being encoded: ids, and the bytes [start, end) of the text that each covers. */
final class TokenBuffer {
    private int[] ids;
    private int[] spans;
    private int size;

    TokenBuffer(int capacity) {
        ids = new int[capacity];
        spans = new int[2 * capacity];
    }

    void add(int id, int start, int end) {
        if (size == ids.length) {
            int capacity = size + (size >> 1) + 16;
            ids = Arrays.copyOf(ids, capacity);
            spans = Arrays.copyOf(spans, 2 * capacity);
        }
        ids[size] = id;
        spans[2 * size] = start;
        spans[2 * size + 1] = end;
        size++;
    }

    int size() {
        return size;
    }

    int id(int token) {
        return ids[token];
    }

    int start(int token) {
        return spans[2 * token];
    }

    int end(int token) {
        return spans[2 * token + 1];
    }

    void setSpan(int token, int start, int end) {
        spans[2 * token] = start;
        spans[2 * token + 1] = end;
    }
}
