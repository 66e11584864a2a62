package io.github.mdetr.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text files as editors of all systems write them; the JDK's encoders are what is compared with. */
class TextReaderTest {
    /** An emoji on the border of the reader's chunks in each encoding, and lines of all kinds. */
    private static final String TEXT = "{\"red\": 1}\r\né naïve ﷽\n" + "x🚲".repeat(5000) + "\rend";

    @TempDir
    Path folder;

    private static byte[] bytes(String text, String charset, boolean mark) {
        return ((mark ? "\uFEFF" : "") + text).getBytes(Charset.forName(charset));
    }

    private static String read(byte[] bytes) throws IOException {
        StringWriter text = new StringWriter();
        new TextReader(new ByteArrayInputStream(bytes), "file").transferTo(text);
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void everyEncodingIsReadByItsMarkWhichIsNoPartOfTheText(String charset) throws IOException {
        assertEquals(TEXT, read(bytes(TEXT, charset, true)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void everyEncodingIsReadByItsZeroBytes(String charset) throws IOException {
        assertEquals(TEXT, read(bytes(TEXT, charset, false)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void aTextOfOneLetter(String charset) throws IOException {
        assertEquals("a", read(bytes("a", charset, false)));
        assertEquals("a", read(bytes("a", charset, true)));
        assertEquals("", read(bytes("", charset, true)));
    }

    @Test
    void aMarkWithinATextIsPartOfIt() throws IOException {
        assertEquals("a\uFEFFb", read(bytes("a\uFEFFb", "UTF-8", true)));
    }

    @Test
    void charsComeOneByOneFromAStreamThatGivesFewBytes() throws IOException {
        InputStream slow = new FilterInputStream(new ByteArrayInputStream(bytes("é🚲b", "UTF-8", true))) {
            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                return super.read(target, from, Math.min(1, length));
            }
        };
        TextReader reader = new TextReader(slow, "file");
        StringBuilder text = new StringBuilder();
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            text.append((char) c);
        }
        assertEquals("é🚲b", text.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UTF-8|E9|file: not UTF-8 in line 2: byte 0xE9 at offset 3; save it as UTF-8",
                "UTF-8|C3|file: not UTF-8 in line 2: byte 0xC3 at offset 3; save it as UTF-8",
                "UTF-8|EDA080|file: not UTF-8 in line 2: byte 0xED at offset 3; save it as UTF-8",
                "UTF-16LE|00|file: not UTF-16LE in line 2: byte 0x0 at offset 6, which the zero bytes at its beginning suggest; save it as UTF-8, without zero bytes",
                "UTF-16LE|00D8|file: not UTF-16LE in line 2: byte 0x0 at offset 6, which the zero bytes at its beginning suggest; save it as UTF-8, without zero bytes",
            })
    void otherBytesAreNamedByTheirPlace(String charset, String hex, String message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(bytes("a\nb", charset, false));
        bytes.writeBytes(HexFormat.of().parseHex(hex));
        TextException e = assertThrows(TextException.class, () -> read(bytes.toByteArray()));
        assertEquals(message, e.getMessage());
    }

    @Test
    void aMarkThatPromisesAnotherEncodingIsNamed() {
        byte[] bytes = {(byte) 0xFF, (byte) 0xFE, 'a', 0, 'b'};
        TextException e = assertThrows(TextException.class, () -> read(bytes));
        assertEquals(
                "file: not UTF-16LE in line 1: byte 0x62 at offset 4, which its byte order mark promises; save it as UTF-8",
                e.getMessage());
    }

    @Test
    void aPlaceFarBehindTheFirstChunkIsCountedRightly() {
        String before = "red cube\n".repeat(3000);
        byte[] bytes = (before + "\0").getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 1] = (byte) 0x80;
        TextException e = assertThrows(TextException.class, () -> read(bytes));
        assertEquals("file: not UTF-8 in line 3001: byte 0x80 at offset 27000; save it as UTF-8", e.getMessage());
    }

    @Test
    void linesOfAFile() throws IOException {
        Path file = Files.write(folder.resolve("a.txt"), bytes("red\r\ncube", "UTF-16LE", true));
        try (BufferedReader reader = TextReader.open(file)) {
            assertArrayEquals(new String[] {"red", "cube"}, reader.lines().toArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
    void aVocabularyMayBeginWithAMark(String charset) throws IOException {
        for (String name : new String[] {"vocab.json", "merges.txt"}) {
            String text = Files.readString(TestFiles.TINY.resolve(name));
            Files.write(folder.resolve(name), bytes(text, charset, true));
        }
        Files.write(folder.resolve("tokenizer_config.json"), bytes("{\"add_prefix_space\": true}", charset, true));
        int[] expected = RobertaTokenizer.load(TestFiles.TINY, TokenizerOptions.DEFAULT.withPrefixSpace(true))
                .encode("red cube")
                .ids();
        assertArrayEquals(
                expected, RobertaTokenizer.load(folder).encode("red cube").ids());
        Path json = Files.write(folder.resolve("tokenizer.json"), bytes(TokenizerJsonText.tiny(), charset, true));
        assertArrayEquals(
                TestFiles.tiny().encode("red cube").ids(),
                RobertaTokenizer.load(json).encode("red cube").ids());
    }
}
