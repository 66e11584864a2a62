package io.github.mdetr.core.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Assembles pickles, also such as no pickler would write. */
final class PickleBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Opcodes and their arguments: characters and numbers are a byte each, text its bytes. */
    PickleBytes op(Object... parts) {
        for (Object part : parts) {
            if (part instanceof String text) {
                out.writeBytes(text.getBytes(UTF_8));
            } else if (part instanceof byte[] bytes) {
                out.writeBytes(bytes);
            } else if (part instanceof Character c) {
                out.write(c);
            } else {
                out.write((Integer) part);
            }
        }
        return this;
    }

    static byte[] little(long value, int bytes) {
        ByteBuffer all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        byte[] low = new byte[bytes];
        all.get(low);
        return low;
    }

    PickleBytes protocol() {
        return op(0x80, 2);
    }

    PickleBytes text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return op('X', little(bytes.length, 4), bytes);
    }

    PickleBytes integer(long value) {
        return op(0x8a, 8, little(value, 8));
    }

    PickleBytes global(String module, String name) {
        return op('c', module, '\n', name, '\n');
    }

    /** A persistent id of a FloatStorage. */
    PickleBytes storage(String key, long elements) {
        op('(').text("storage")
                .global("torch", "FloatStorage")
                .text(key)
                .text("cpu")
                .integer(elements);
        return op('t', 'Q');
    }

    PickleBytes tuple(long... values) {
        op('(');
        for (long value : values) {
            integer(value);
        }
        return op('t');
    }

    /** A tensor by _rebuild_tensor_v2. */
    PickleBytes tensor(String key, long elements, long offset, long[] shape, long[] strides) {
        global("torch._utils", "_rebuild_tensor_v2")
                .op('(')
                .storage(key, elements)
                .integer(offset);
        tuple(shape).tuple(strides).op(0x89);
        return global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    int size() {
        return out.size();
    }
}
