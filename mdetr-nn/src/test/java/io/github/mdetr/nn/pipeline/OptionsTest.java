package io.github.mdetr.nn.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.nn.image.ResizePolicy;
import io.github.mdetr.nn.image.RgbImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a detection is asked for: options, requests and spans. */
class OptionsTest {
    private static final RgbImage DOT = new RgbImage(1, 1, new byte[3]);

    private static void assertRefused(String message, Executable work) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, work).getMessage());
    }

    @ParameterizedTest
    @ValueSource(floats = {-0.001f, 1.001f, Float.NaN, Float.POSITIVE_INFINITY})
    void sharesAreInZeroToOne(float value) {
        DetectOptions o = DetectOptions.defaults();
        assertRefused("threshold: expected a value in [0, 1], got " + value, () -> o.withThreshold(value));
        assertRefused(
                "phraseThreshold: expected a value in [0, 1), above which tokens can be, got " + value,
                () -> o.withPhraseThreshold(value));
    }

    @Test
    void topKIsOneOrMore() {
        assertRefused(
                "topK: expected 1 or more, got 0",
                () -> DetectOptions.defaults().withTopK(0));
    }

    @Test
    void eachChangeChangesOneThing() {
        DetectOptions d = DetectOptions.defaults();
        ResizePolicy other = ResizePolicy.nativeSize();
        assertEquals(new DetectOptions(0, d.topK(), d.phraseThreshold(), d.resize(), null), d.withThreshold(0));
        assertEquals(new DetectOptions(d.threshold(), 1, d.phraseThreshold(), d.resize(), null), d.withTopK(1));
        assertEquals(new DetectOptions(d.threshold(), d.topK(), 0.5f, d.resize(), null), d.withPhraseThreshold(0.5f));
        assertEquals(new DetectOptions(d.threshold(), d.topK(), d.phraseThreshold(), other, null), d.withResize(other));
        assertNull(d.resize()); // the model's own
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n", "\u00a0", "\u3000 "})
    void captionsSaySomething(String caption) {
        assertRefused(
                "caption: expected a text that names something, got an empty one",
                () -> DetectRequest.of(DOT, caption));
    }

    @Test
    void spansLieInTheCaption() {
        DetectRequest r = DetectRequest.of(DOT, "🌸 dog");
        assertEquals(1, r.withSpans(List.of(new Span(0, 6))).spans().size());
        assertRefused(
                "span [3, 7): expected it within the 6 chars of the caption",
                () -> r.withSpans(List.of(new Span(0, 2), new Span(3, 7))));
        assertRefused("span [-1, 2): expected 0 ≤ begin < end, in chars of the caption", () -> new Span(-1, 2));
        assertRefused("span [2, 2): expected 0 ≤ begin < end, in chars of the caption", () -> new Span(2, 2));
    }

    @Test
    void aRequestKeepsItsOwnSpans() {
        List<Span> spans = new ArrayList<>(List.of(new Span(0, 1)));
        DetectRequest r = new DetectRequest(DOT, "dog", spans);
        spans.clear();
        assertTrue(r.spans().contains(new Span(0, 1)));
    }

    @Test
    void aTimeIsAboveZero() {
        DetectOptions options = DetectOptions.defaults();
        assertEquals(
                Duration.ofSeconds(2),
                options.withTimeout(Duration.ofSeconds(2)).timeout());
        assertNull(options.withTimeout(Duration.ofSeconds(2)).withTimeout(null).timeout());
        assertThrows(IllegalArgumentException.class, () -> options.withTimeout(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> options.withTimeout(Duration.ofSeconds(-1)));
    }
}
