package io.github.mdetr.core.io;

import java.util.Locale;

/** Text of a file as it may stand in a one-line message: quoted, cut, control and formatting characters escaped. */
final class Excerpt {
    private static final int LENGTH = 80;

    private Excerpt() {}

    static String quote(String text) {
        StringBuilder out = new StringBuilder("'");
        int end = text.length() <= LENGTH ? text.length() : LENGTH - 20;
        escape(text, 0, end, out);
        if (end < text.length()) {
            out.append("...");
            escape(text, text.length() - 15, text.length(), out);
            out.append("' (").append(text.length()).append(" characters)");
            return out.toString();
        }
        return out.append('\'').toString();
    }

    /** The first bytes, as text where they are printable ASCII, in hexadecimal otherwise. */
    static String quote(byte[] bytes, int length) {
        StringBuilder hex = new StringBuilder();
        boolean text = length > 0;
        for (int i = 0; i < length; i++) {
            hex.append(i == 0 ? "" : " ").append(String.format(Locale.ROOT, "%02x", bytes[i]));
            text &= bytes[i] >= 0x20 && bytes[i] < 0x7f;
        }
        return text ? quote(new String(bytes, 0, length, java.nio.charset.StandardCharsets.US_ASCII)) : hex.toString();
    }

    private static void escape(String text, int from, int to, StringBuilder out) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int kind = Character.getType(c);
            boolean plain = c >= 0x20
                    && kind != Character.CONTROL
                    && kind != Character.FORMAT
                    && kind != Character.SURROGATE
                    && kind != Character.LINE_SEPARATOR
                    && kind != Character.PARAGRAPH_SEPARATOR
                    && kind != Character.UNASSIGNED;
            if (plain) {
                out.append(c);
            } else {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
    }
}
