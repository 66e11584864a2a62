package io.github.mdetr.examples.synthetic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.caption.Caption;
import io.github.mdetr.examples.synthetic.caption.CaptionKind;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.nn.box.PixelBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is reached without reading the words, measured as models are: the box must overlap the target's by half. */
class DifficultyTest {
    /** Few scenes have one with two relations. */
    private static final Map<CaptionKind, Integer> EXPRESSIONS = Map.of(
            CaptionKind.ATTRIBUTES, 2000,
            CaptionKind.RELATION, 2000,
            CaptionKind.CHAIN, 2000,
            CaptionKind.SAME, 2000,
            CaptionKind.BOTH, 500);

    private static final World WORLD = new World(31, SceneOptions.SMALL);

    private record Asked(Scene scene, Caption caption) {
        PixelBox target() {
            return scene.objects().get(caption.targets().get(0)).box();
        }

        /** Whether the box of that object would count as right. */
        boolean isHit(int object) {
            return iou(scene.objects().get(object).box(), target()) >= 0.5;
        }
    }

    private static List<Asked> expressions(CaptionKind kind) {
        List<Asked> asked = new ArrayList<>();
        for (long i = 0; asked.size() < EXPRESSIONS.get(kind); i++) {
            Scene scene = WORLD.unrendered(i);
            Caption caption = WORLD.captioner(i, scene).caption(kind);
            if (caption != null) {
                asked.add(new Asked(scene, caption));
            }
        }
        return asked;
    }

    @ParameterizedTest
    @EnumSource(
            value = CaptionKind.class,
            names = {"ATTRIBUTES", "RELATION", "CHAIN", "SAME", "BOTH"})
    void chanceIsLow(CaptionKind kind, TestReporter reporter) {
        List<Asked> asked = expressions(kind);
        Draws draws = Draws.of(1, 1);
        double random = 0;
        double largest = 0;
        double shuffled = 0;
        for (int e = 0; e < asked.size(); e++) {
            Asked a = asked.get(e);
            int objects = a.scene.objects().size();
            random += a.isHit(draws.below(objects)) ? 1 : 0;
            int big = 0;
            for (int i = 1; i < objects; i++) {
                big = a.scene.objects().get(i).visiblePixels()
                                > a.scene.objects().get(big).visiblePixels()
                        ? i
                        : big;
            }
            largest += a.isHit(big) ? 1 : 0;
            // one who sees everything, and was given the words of another scene
            Caption other = asked.get((e + 1 + draws.below(asked.size() - 1)) % asked.size()).caption;
            shuffled += a.isHit(bestFit(other.text(), a.scene, draws)) ? 1 : 0;
        }
        int n = asked.size();
        String figures = "%s: random %.3f, largest object %.3f, words of another scene %.3f"
                .formatted(kind, random / n, largest / n, shuffled / n);
        reporter.publishEntry(figures);

        assertTrue(random <= 0.25 * n, figures);
        assertTrue(largest <= 0.25 * n, figures);
        assertTrue(shuffled <= 0.35 * n, figures);
    }

    /** The object that has most of the words of the first noun phrase, one of them where there are several. */
    private static int bestFit(String text, Scene scene, Draws draws) {
        Set<String> words = new TreeSet<>(List.of(text.split(" (that|left|right|in|on|to|behind) ")[0].split(" ")));
        List<Integer> best = new ArrayList<>();
        long most = -1;
        for (int i = 0; i < scene.objects().size(); i++) {
            long fits = scene.objects().get(i).attributes().stream()
                    .filter(a ->
                            words.contains(a.word()) || a.synonyms().stream().anyMatch(words::contains))
                    .count();
            if (fits > most) {
                most = fits;
                best.clear();
            }
            if (fits == most) {
                best.add(i);
            }
        }
        return draws.pick(best);
    }

    private static double iou(PixelBox a, PixelBox b) {
        double w = Math.min(a.x1(), b.x1()) - Math.max(a.x0(), b.x0());
        double h = Math.min(a.y1(), b.y1()) - Math.max(a.y0(), b.y0());
        double both = Math.max(0, w) * Math.max(0, h);
        return both / (a.width() * a.height() + b.width() * b.height() - both);
    }
}
