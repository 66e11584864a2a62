package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands print and draw is the same in locales of other digits and letters. */
class LocalesTest {
    private final Locale before = Locale.getDefault();

    @TempDir
    Path folder;

    @AfterEach
    void restore() {
        Locale.setDefault(before);
    }

    @Test
    void theseLocalesHaveDigitsAndLettersOfTheirOwn() {
        assertNotEquals("12", String.format(Locale.forLanguageTag("ar-EG"), "%d", 12));
        assertNotEquals("12", String.format(Locale.forLanguageTag("hi-IN-u-nu-deva"), "%d", 12));
        assertNotEquals("12", String.format(Locale.forLanguageTag("fa-IR"), "%d", 12));
        assertNotEquals("id", "ID".toLowerCase(Locale.forLanguageTag("tr-TR")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "hi-IN-u-nu-deva", "fa-IR", "tr-TR", "de-DE"})
    void commandsPrintAndDrawTheSame(String tag) throws IOException {
        Path weights = TinyModel.write(folder, "tiny.safetensors", true);
        Path image = folder.resolve("IMAGE.PNG");
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        Map<String, Object> expected = outputs(Locale.ROOT, weights, image);
        Map<String, Object> found = outputs(Locale.forLanguageTag(tag), weights, image);
        expected.forEach((name, value) -> {
            if (value instanceof byte[] bytes) {
                assertArrayEquals(bytes, (byte[]) found.get(name), name);
            } else {
                assertEquals(value, found.get(name), name);
            }
        });
    }

    private Map<String, Object> outputs(Locale locale, Path weights, Path image) throws IOException {
        Locale.setDefault(locale);
        Map<String, Object> outputs = new TreeMap<>();
        Path drawn = folder.resolve("drawn.png");
        List<Object> predict = List.of(
                "predict",
                "--weights",
                weights,
                "--vocab",
                TinyModel.VOCABULARY,
                "--caption",
                "a red cube",
                "--threshold",
                0,
                "--top-k",
                3);
        Run found = run(predict, "--image", folder, "--annotate", drawn);
        outputs.put("predict", found.out());
        outputs.put("picture", Files.readAllBytes(drawn));
        outputs.put(
                "predict --pretty", run(predict, "--image", image, "--pretty").out());
        outputs.put("inspect", Run.mdetr("inspect", weights).out());
        Path texts = Files.writeString(folder.resolve("texts.txt"), "a red cube\na red cube\n");
        Path vocabulary = folder.resolve("vocabulary-" + locale);
        Run trained = Run.mdetr("train-tokenizer", texts, "--size", 300, "--out", vocabulary);
        outputs.put("train-tokenizer", trained.out().replace(vocabulary.toString(), "V"));
        outputs.put(
                "refusal", run(predict, "--image", image, "--threshold", 1.5).err());
        Files.delete(drawn);
        return outputs;
    }

    private static Run run(List<Object> words, Object... more) {
        Object[] all = new Object[words.size() + more.length];
        System.arraycopy(words.toArray(), 0, all, 0, words.size());
        System.arraycopy(more, 0, all, words.size(), more.length);
        Run run = Run.mdetr(all);
        assertTrue(!run.out().isEmpty() || run.code() == ErrorReport.BAD_INPUT, run.err());
        return run;
    }
}
