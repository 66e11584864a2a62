package io.github.mdetr.nn.training.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * TensorFlow's Event messages in protocol buffers' wire format. Fields: Event {1 wall_time, 2 step, 3 file_version, 5 summary,
 * 7 session_log}, Summary {1 value}, Value {1 tag, 2 simple_value}, SessionLog {1 status}.
 */
final class Events {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private static final int SESSION_START = 1;

    private Events() {}

    /** What a file begins with. */
    static byte[] fileVersion(double time) {
        ByteArrayOutputStream event = event(time, 0);
        bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        return event.toByteArray();
    }

    /** What tells that events from {@code step} on in earlier files do not count. */
    static byte[] sessionStart(double time, long step) {
        ByteArrayOutputStream event = event(time, step);
        ByteArrayOutputStream session = new ByteArrayOutputStream();
        key(session, 1, VARINT);
        varint(session, SESSION_START);
        bytes(event, 7, session.toByteArray());
        return event.toByteArray();
    }

    static byte[] scalars(Metrics metrics) {
        ByteArrayOutputStream event = event(metrics.time(), metrics.step());
        ByteArrayOutputStream summary = new ByteArrayOutputStream();
        for (Map.Entry<String, Double> e : metrics.values().entrySet()) {
            ByteArrayOutputStream value = new ByteArrayOutputStream();
            bytes(value, 1, e.getKey().getBytes(StandardCharsets.UTF_8));
            key(value, 2, FIXED32);
            fixed(value, 4, Float.floatToIntBits(e.getValue().floatValue()));
            bytes(summary, 1, value.toByteArray());
        }
        bytes(event, 5, summary.toByteArray());
        return event.toByteArray();
    }

    private static ByteArrayOutputStream event(double time, long step) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        key(event, 1, FIXED64);
        fixed(event, 8, Double.doubleToLongBits(time));
        if (step != 0) { // proto3 leaves out what is 0
            key(event, 2, VARINT);
            varint(event, step);
        }
        return event;
    }

    private static void key(ByteArrayOutputStream out, int field, int type) {
        out.write((field << 3) | type);
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
        key(out, field, LENGTH);
        varint(out, content.length);
        out.write(content, 0, content.length);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static void fixed(ByteArrayOutputStream out, int count, long bits) {
        byte[] all = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(bits)
                .array();
        out.write(all, 0, count);
    }
}
