package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer by itself: no tensors come with it. */
class TokenizerConsumerTest {
    @Test
    void encodesWithItsOwnVocabulary(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("vocab.json"), vocabulary());
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nd o\ndo g\n");
        Encoding e = RobertaTokenizer.load(folder).encode("dog");
        assertArrayEquals(new int[] {0, 261, 2}, e.ids());
        assertEquals(3, e.charEnd(1));
    }

    /** Special tokens, a token for each byte, then do and dog. */
    private static String vocabulary() {
        StringJoiner entries = new StringJoiner(",", "{", "}");
        String[] special = {"<s>", "<pad>", "</s>", "<unk>"};
        for (int i = 0; i < special.length; i++) {
            entries.add("\"" + special[i] + "\":" + i);
        }
        int beyond = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b > 32 && b < 127 || b > 160 && b != 173;
            String c = b == '"' || b == '\\' ? "\\" + (char) b : String.valueOf((char) (printable ? b : beyond++));
            entries.add("\"" + c + "\":" + (4 + b));
        }
        return entries.add("\"do\":260").add("\"dog\":261").add("\"<mask>\":262").toString();
    }

    @Test
    void bringsNoTensors() {
        for (String absent : new String[] {"org.nd4j.linalg.factory.Nd4j", "org.bytedeco.javacpp.Pointer"}) {
            assertThrows(ClassNotFoundException.class, () -> Class.forName(absent));
        }
    }
}
