package io.github.mdetr.core.io;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The textual arguments of pickle protocol 0, and numbers and byte strings as Python 2 wrote them. */
final class PickleText {
    private static final int MAX_DIGITS = 1000;

    private PickleText() {}

    /** A decimal integer, with an L behind it or not; protocol 0 spells booleans 00 and 01. */
    static Object integer(String line, PickleInput at) throws CheckpointFormatException {
        if (line.equals("00") || line.equals("01")) {
            return line.equals("01");
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        if (digits.length() > MAX_DIGITS || !digits.matches("-?[0-9]+")) {
            throw bad("a decimal integer of at most " + MAX_DIGITS + " digits", line, at);
        }
        return narrow(new BigInteger(digits));
    }

    static long index(String line, PickleInput at) throws CheckpointFormatException {
        if (!line.matches("[0-9]{1,10}")) {
            throw bad("a memo index", line, at);
        }
        return Long.parseLong(line);
    }

    static Double real(String line, PickleInput at) throws CheckpointFormatException {
        if (line.length() > MAX_DIGITS || !line.matches("[-+]?([0-9.]+([eE][-+]?[0-9]+)?|nan|inf)")) {
            throw bad("a decimal number", line, at);
        }
        try {
            return Double.valueOf(line.replace("nan", "NaN").replace("inf", "Infinity"));
        } catch (NumberFormatException e) {
            throw bad("a decimal number", line, at);
        }
    }

    /** A Long where it fits. */
    static Object narrow(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    /** Python 2's str: UTF-8 where it is that, else one character for each byte. */
    static String byteString(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    /** Python 2's repr of a str. */
    static String quoted(String line, PickleInput at) throws CheckpointFormatException {
        int last = line.length() - 1;
        if (last < 1 || (line.charAt(0) != '\'' && line.charAt(0) != '"') || line.charAt(0) != line.charAt(last)) {
            throw bad("text in quotes", line, at);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 1; i < last; i++) {
            char c = line.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = line.charAt(++i);
            switch (escape) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case '\\', '\'', '"' -> {
                    if (i == last) {
                        throw bad("text in quotes", line, at);
                    }
                    out.append(escape);
                }
                case 'x' -> {
                    out.append((char) hexadecimal(line, i + 1, 2, at));
                    i += 2;
                }
                default -> throw bad("escapes that Python's repr writes", line, at);
            }
        }
        return byteString(out.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Python's raw-unicode-escape. */
    static String rawUnicode(String line, PickleInput at) throws CheckpointFormatException {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char escape = line.charAt(i) == '\\' && i + 1 < line.length() ? line.charAt(i + 1) : ' ';
            if (escape != 'u' && escape != 'U') {
                out.append(line.charAt(i));
                continue;
            }
            int digits = escape == 'u' ? 4 : 8;
            int codePoint = hexadecimal(line, i + 2, digits, at);
            if (!Character.isValidCodePoint(codePoint)) {
                throw bad("a Unicode code point", line, at);
            }
            out.appendCodePoint(codePoint);
            i += 1 + digits;
        }
        return out.toString();
    }

    private static int hexadecimal(String line, int from, int digits, PickleInput at) throws CheckpointFormatException {
        if (from + digits > line.length()
                || !line.substring(from, from + digits).matches("[0-9a-fA-F]+")) {
            throw bad(digits + " hexadecimal digits", line, at);
        }
        return Integer.parseUnsignedInt(line.substring(from, from + digits), 16);
    }

    private static CheckpointFormatException bad(String expected, String line, PickleInput at) {
        return at.error(expected, Excerpt.quote(line), PickleInput.BROKEN);
    }
}
