package io.github.mdetr.examples.synthetic.caption;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.examples.synthetic.scene.Attribute;
import io.github.mdetr.examples.synthetic.scene.Color;
import io.github.mdetr.examples.synthetic.scene.Draws;
import io.github.mdetr.examples.synthetic.scene.Material;
import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneGenerator;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import io.github.mdetr.examples.synthetic.scene.SceneOptions;
import io.github.mdetr.examples.synthetic.scene.Shape;
import io.github.mdetr.examples.synthetic.scene.Size;
import io.github.mdetr.nn.data.CodePointSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptionerTest {
    private static final List<Scene> SCENES = new ArrayList<>();

    @BeforeAll
    static void makeScenes() {
        SceneGenerator generator = new SceneGenerator(21, SceneOptions.SMALL);
        for (int i = 0; i < 800; i++) {
            SCENES.add(generator.generate(i));
        }
    }

    private static Caption caption(int scene, CaptionKind kind) {
        return new Captioner(SCENES.get(scene), Draws.of(9, scene)).caption(kind);
    }

    private static String quoted(Caption c, Mention m) {
        assertEquals(1, m.spans().size());
        CodePointSpan span = m.spans().get(0);
        return c.text()
                .substring(
                        c.text().offsetByCodePoints(0, span.begin()), c.text().offsetByCodePoints(0, span.end()));
    }

    @ParameterizedTest
    @EnumSource(CaptionKind.class)
    void mentionsQuoteWordsThatFitTheirObjects(CaptionKind kind) {
        int found = 0;
        for (int s = 0; s < SCENES.size(); s++) {
            Caption c = caption(s, kind);
            if (c == null) {
                continue;
            }
            found++;
            assertEquals(kind, c.kind());
            assertTrue(!c.mentions().isEmpty());
            int last = 0;
            for (Mention m : c.mentions()) {
                assertTrue(m.spans().get(0).begin() >= last, c.text());
                last = m.spans().get(0).end();
                List<String> said = TextReader.attributes(quoted(c, m));
                for (int object : m.objects()) {
                    SceneObject o = SCENES.get(s).objects().get(object);
                    assertTrue(TextReader.properties(o).containsAll(said), c.text() + ": " + said + " of " + o);
                }
            }
        }
        assertTrue(found > (kind == CaptionKind.BOTH ? 20 : 300), found + " of " + SCENES.size());
    }

    @Test
    void packedCaptionsNameEveryObjectOnce() {
        for (int s = 0; s < SCENES.size(); s++) {
            Caption c = caption(s, CaptionKind.PACKED);
            List<Integer> named = new ArrayList<>();
            for (Mention m : c.mentions()) {
                named.addAll(m.objects());
                List<String> said = TextReader.attributes(quoted(c, m));
                Set<Integer> fit = TextReader.meaning(new TextReader.Phrase(said, List.of()), SCENES.get(s));
                assertEquals(new HashSet<>(m.objects()), fit, c.text());
                String before = c.text().substring(0, m.spans().get(0).begin()).strip();
                String number = before.substring(before.lastIndexOf(' ') + 1);
                List<String> numbers = List.of("", "a", "two", "three", "four", "five", "six", "seven", "eight");
                assertEquals(numbers.get(fit.size()), number.equals("an") ? "a" : number, c.text());
            }
            assertEquals(SCENES.get(s).objects().size(), named.size(), c.text());
            assertEquals(named.size(), new HashSet<>(named).size(), c.text());
            assertEquals(c.targets().size(), named.size());
        }
    }

    /** Each word with all the objects that have it; in order there are all words, else at least those that fit. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listsOfWordsNameWhatFits(boolean inOrder) {
        Set<String> texts = new HashSet<>();
        for (int s = 0; s < SCENES.size(); s++) {
            Scene scene = SCENES.get(s);
            Caption c = new Captioner(scene, Draws.of(9, s), 0).words(inOrder);
            texts.add(c.text());
            Set<String> said = new HashSet<>();
            for (Mention m : c.mentions()) {
                String word = quoted(c, m);
                assertTrue(said.add(word), c.text());
                List<Integer> fit = new ArrayList<>();
                for (int o = 0; o < scene.objects().size(); o++) {
                    if (TextReader.properties(scene.objects().get(o)).contains(word)) {
                        fit.add(o);
                    }
                }
                assertEquals(fit, m.objects(), word + " of " + c.text());
            }
            assertEquals(said.size(), c.text().split(" ").length, c.text());
            scene.objects().forEach(o -> assertTrue(said.containsAll(TextReader.properties(o)), c.text()));
        }
        assertTrue(inOrder || texts.size() > SCENES.size() - 5, texts.size() + " different");
        if (inOrder) {
            assertEquals(
                    Set.of(
                            "small large gray red blue green brown purple cyan yellow rubber metal cube sphere cylinder"),
                    texts);
        }
    }

    /** By the text alone: it means one object, and less of it means more than one. */
    @ParameterizedTest
    @EnumSource(
            value = CaptionKind.class,
            names = {"ATTRIBUTES", "RELATION", "CHAIN", "BOTH", "SAME"})
    void everyWordOfAnExpressionIsNeededAndShared(CaptionKind kind) {
        for (int s = 0; s < SCENES.size(); s++) {
            Caption c = caption(s, kind);
            if (c == null) {
                continue;
            }
            Scene scene = SCENES.get(s);
            TextReader.Phrase phrase = TextReader.expression(c.text());
            assertEquals(new HashSet<>(c.targets()), TextReader.meaning(phrase, scene), c.text());
            for (TextReader.Phrase shorter : phrase.shortened()) {
                assertTrue(TextReader.meaning(shorter, scene).size() >= 2, c.text() + " and already " + shorter);
            }
            assertShared(phrase, scene, c.text());
            assertRoles(c, phrase, scene);
        }
    }

    @Test
    void whatIsAbsentFitsNothingAndLacksOneWordOfFitting() {
        int[] words = new int[5];
        for (int i = 0; i < SCENES.size(); i++) {
            Scene scene = SCENES.get(i);
            Caption c = new Captioner(scene, Draws.of(9, i)).absent();
            if (c == null) {
                continue;
            }
            TextReader.Phrase phrase = TextReader.expression(c.text());
            assertEquals(Set.of(), TextReader.meaning(phrase, scene), c.text());
            assertEquals(List.of(), c.targets(), c.text());
            assertEquals(
                    phrase.attributes(),
                    TextReader.attributes(quoted(c, c.mentions().get(0))));
            assertTrue(phrase.attributes().size() >= 2, c.text());
            for (TextReader.Phrase shorter : phrase.shortened()) {
                assertNotEquals(Set.of(), TextReader.meaning(shorter, scene), c.text() + " without a word: " + shorter);
            }
            words[phrase.attributes().size()]++;
        }
        assertTrue(words[2] > 200 && words[3] > 100, Arrays.toString(words));
    }

    /** Something else than what a noun phrase means has each attribute that it names. */
    private static void assertShared(TextReader.Phrase phrase, Scene scene, String text) {
        Set<Integer> meant = TextReader.meaning(phrase, scene);
        assertEquals(1, meant.size(), text);
        for (String a : phrase.attributes()) {
            Set<Integer> like = TextReader.meaning(new TextReader.Phrase(List.of(a), List.of()), scene);
            like.removeAll(meant);
            assertTrue(!like.isEmpty(), text + ": only one is " + a);
        }
        phrase.ties().forEach(t -> assertShared(t.other(), scene, text));
    }

    /** The first noun phrase is the target, those behind it are not. */
    private static void assertRoles(Caption c, TextReader.Phrase phrase, Scene scene) {
        List<TextReader.Phrase> phrases = new ArrayList<>();
        collect(phrase, phrases);
        assertEquals(phrases.size(), c.mentions().size(), c.text());
        for (int i = 0; i < phrases.size(); i++) {
            Mention m = c.mentions().get(i);
            assertEquals(i == 0 ? Role.TARGET : Role.INTERMEDIATE, m.role());
            assertEquals(TextReader.meaning(phrases.get(i), scene), new HashSet<>(m.objects()), c.text());
        }
    }

    private static void collect(TextReader.Phrase phrase, List<TextReader.Phrase> into) {
        into.add(phrase);
        phrase.ties().forEach(t -> collect(t.other(), into));
    }

    @ParameterizedTest
    @EnumSource(
            value = CaptionKind.class,
            names = {"EXIST", "COUNT", "QUERY", "COMPARE_NUMBERS", "COMPARE_ATTRIBUTE"})
    void answersAreTrue(CaptionKind kind) {
        Map<String, Integer> answers = new HashMap<>();
        for (int s = 0; s < SCENES.size(); s++) {
            Caption c = caption(s, kind);
            if (c != null) {
                assertEquals(TextReader.answer(c.text(), SCENES.get(s)), c.answer(), c.text());
                answers.merge(c.answer(), 1, Integer::sum);
            }
        }
        List<String> expected = switch (kind) {
            case COUNT -> List.of("0", "1", "2", "3", "4", "5");
            case QUERY ->
                Arrays.stream(Attribute.Kind.values())
                        .flatMap(k -> k.all().stream())
                        .map(Attribute::word)
                        .toList();
            default -> List.of("yes", "no");
        };
        assertTrue(answers.keySet().containsAll(expected), answers.toString());
        if (expected.size() == 2) {
            int all = answers.get("yes") + answers.get("no");
            assertEquals(0.5 * all, answers.get("yes"), 0.06 * all, answers.toString());
        }
    }

    @Test
    void attributesKeepTheOrderOfClevrsAnswers() {
        List<String> words = Arrays.stream(Attribute.Kind.values())
                .flatMap(k -> k.all().stream())
                .map(Attribute::word)
                .toList();
        assertEquals(
                List.of(
                        "small",
                        "large",
                        "gray",
                        "red",
                        "blue",
                        "green",
                        "brown",
                        "purple",
                        "cyan",
                        "yellow",
                        "rubber",
                        "metal",
                        "cube",
                        "sphere",
                        "cylinder"),
                words);
    }

    @Test
    void theSameDrawsGiveTheSameCaptionAndOthersAnother() {
        Captioner one = new Captioner(SCENES.get(4), Draws.of(1, 2));
        Captioner same = new Captioner(SCENES.get(4), Draws.of(1, 2));
        for (CaptionKind kind : CaptionKind.values()) {
            assertEquals(one.caption(kind), same.caption(kind));
        }
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            texts.add(one.caption(CaptionKind.PACKED).text());
        }
        assertTrue(texts.size() > 15);
    }

    @Test
    void synonymsAreUsedAsOftenAsSaid() {
        Set<String> words = new HashSet<>();
        for (int s = 0; s < 100; s++) {
            Captioner plain = new Captioner(SCENES.get(s), Draws.of(9, s), 0);
            words.addAll(List.of(plain.caption(CaptionKind.PACKED).text().split("[ ,]+")));
        }
        assertTrue(words.contains("large") && words.contains("cubes"), words.toString());
        assertTrue(!words.contains("big") && !words.contains("blocks") && !words.contains("tiny"), words.toString());
        assertThrows(IllegalArgumentException.class, () -> new Captioner(SCENES.get(0), Draws.of(1, 1), 1.5));
        assertThrows(IllegalArgumentException.class, () -> new Captioner(SCENES.get(0), Draws.of(1, 1), Double.NaN));
    }

    /** Three objects of which none shares an attribute with another: no expression keeps the rule. */
    @Test
    void aSceneWithoutConfusionHasNoExpression() {
        SceneObject[] objects = SCENES.get(0).objects().subList(0, 2).toArray(SceneObject[]::new);
        objects[0] = with(objects[0], Size.SMALL, Color.RED, Material.METAL, Shape.CUBE);
        objects[1] = with(objects[1], Size.LARGE, Color.BLUE, Material.RUBBER, Shape.SPHERE);
        Scene scene = new Scene(
                SCENES.get(0).camera(),
                SCENES.get(0).light(),
                List.of(objects),
                SCENES.get(0).instances());
        Captioner captioner = new Captioner(scene, Draws.of(1, 1));
        assertNull(captioner.caption(CaptionKind.ATTRIBUTES));
        assertNull(captioner.caption(CaptionKind.RELATION));
        assertNotNull(captioner.caption(CaptionKind.PACKED));
        Reading reading = new Reading(scene);
        assertTrue(!MinimalityRule.holds(Description.of(List.of(Color.RED)), reading));
        assertTrue(!MinimalityRule.holds(Description.of(List.of(Color.RED, Shape.CUBE)), reading));
        SceneObject third = with(objects[0], Size.SMALL, Color.RED, Material.METAL, Shape.SPHERE);
        SceneObject fourth = with(objects[0], Size.SMALL, Color.BLUE, Material.METAL, Shape.CUBE);
        Reading confused = new Reading(new Scene(
                scene.camera(), scene.light(), List.of(objects[0], objects[1], third, fourth), scene.instances()));
        assertTrue(MinimalityRule.holds(Description.of(List.of(Color.RED, Shape.CUBE)), confused));
        assertTrue(!MinimalityRule.holds(Description.of(List.of(Size.SMALL, Color.RED, Shape.CUBE)), confused));
        assertNotEquals(0, confused.denotation(Description.of(List.of())));
    }

    private static SceneObject with(SceneObject o, Size size, Color color, Material material, Shape shape) {
        return new SceneObject(size, color, material, shape, o.solid(), o.box(), o.visiblePixels(), o.visibility());
    }
}
