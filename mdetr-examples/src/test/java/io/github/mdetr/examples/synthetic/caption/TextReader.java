package io.github.mdetr.examples.synthetic.caption;

import io.github.mdetr.examples.synthetic.scene.Scene;
import io.github.mdetr.examples.synthetic.scene.SceneObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Understands the texts of the world from their words alone, knowing nothing of how they were written. */
final class TextReader {
    private static final Map<String, String> SYNONYMS = Map.of(
            "tiny", "small", "big", "large", "matte", "rubber", "shiny", "metal", "block", "cube", "ball", "sphere");
    private static final Set<String> SHAPES = Set.of("cube", "sphere", "cylinder");
    private static final Set<String> NOUNS = Set.of("cube", "sphere", "cylinder", "thing", "object");
    private static final Set<String> OTHERS = Set.of(
            "small", "large", "rubber", "metal", "gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow");
    private static final List<String> TIES = List.of(
            "to the left of",
            "on the left side of",
            "left of",
            "to the right of",
            "on the right side of",
            "right of",
            "in front of",
            "behind",
            "the same size as",
            "the same color as",
            "the same material as",
            "the same shape as");

    /** A noun phrase: its attributes, and what it is tied to. */
    record Phrase(List<String> attributes, List<Tied> ties) {
        /** Every phrase with one attribute or one tie less. */
        List<Phrase> shortened() {
            List<Phrase> all = new ArrayList<>();
            for (String a : attributes) {
                List<String> fewer = new ArrayList<>(attributes);
                fewer.remove(a);
                all.add(new Phrase(fewer, ties));
            }
            for (Tied t : ties) {
                List<Tied> fewer = new ArrayList<>(ties);
                fewer.remove(t);
                all.add(new Phrase(attributes, fewer));
                for (Phrase p : t.other.shortened()) {
                    List<Tied> changed = new ArrayList<>(ties);
                    changed.set(ties.indexOf(t), new Tied(t.tie, p));
                    all.add(new Phrase(attributes, changed));
                }
            }
            return all;
        }
    }

    record Tied(String tie, Phrase other) {}

    private final List<String> words;
    private int at;

    private TextReader(String text) {
        this.words = Arrays.stream(text.replaceAll("[?,]", "").split(" ")).toList();
    }

    /** A referring expression. */
    static Phrase expression(String text) {
        TextReader reader = new TextReader(text);
        Phrase phrase = reader.definite();
        reader.end();
        return phrase;
    }

    /** The attributes that a mention names, in words of CLEVR. */
    static List<String> attributes(String mention) {
        TextReader reader = new TextReader(mention);
        List<String> attributes = reader.noun();
        reader.end();
        return attributes;
    }

    /** The objects that a phrase fits. */
    static Set<Integer> meaning(Phrase phrase, Scene scene) {
        Set<Integer> fit = new TreeSet<>();
        for (int i = 0; i < scene.objects().size(); i++) {
            int object = i;
            boolean tied = phrase.ties.stream()
                    .allMatch(t -> meaning(t.other, scene).stream()
                            .anyMatch(other -> other != object && holds(t.tie, scene, object, other)));
            if (tied && properties(scene.objects().get(i)).containsAll(phrase.attributes)) {
                fit.add(i);
            }
        }
        return fit;
    }

    static List<String> properties(SceneObject o) {
        return List.of(
                o.size().word(),
                o.color().word(),
                o.material().word(),
                o.shape().word());
    }

    private static boolean holds(String tie, Scene scene, int i, int j) {
        SceneObject a = scene.objects().get(i);
        SceneObject b = scene.objects().get(j);
        double ax = centre(scene, a);
        double bx = centre(scene, b);
        return tie.contains("left")
                ? ax < bx
                : tie.contains("right")
                        ? ax > bx
                        : tie.contains("front")
                                ? a.z() < b.z()
                                : tie.contains("behind")
                                        ? a.z() > b.z()
                                        : property(a, tie.split(" ")[2]).equals(property(b, tie.split(" ")[2]));
    }

    private static double centre(Scene scene, SceneObject o) {
        return scene.camera().projectX(o.x(), 0.5 * o.solid().height(), o.z());
    }

    private static String property(SceneObject o, String kind) {
        return properties(o).get(List.of("size", "color", "material", "shape").indexOf(kind));
    }

    /** The answer to a question. */
    static String answer(String question, Scene scene) {
        TextReader in = new TextReader(question);
        String answer;
        if (in.takes("Is there a") || in.takes("Is there an") || in.takes("Are there any")) {
            answer = yesNo(!meaning(in.indefinite(), scene).isEmpty());
        } else if (in.takes("How many") || in.takes("What number of")) {
            List<String> counted = in.noun();
            List<Tied> ties = in.takes("are there") || !in.takes("are") ? List.of() : in.ties();
            answer = String.valueOf(meaning(new Phrase(counted, ties), scene).size());
        } else if (in.takes("Are there")) {
            String form = in.words.get(in.at++);
            int first = meaning(
                            new Phrase(in.skip(form.equals("as") ? "many" : "").noun(), List.of()), scene)
                    .size();
            in.skip(form.equals("as") ? "as" : "than");
            int second = meaning(new Phrase(in.noun(), List.of()), scene).size();
            answer = yesNo(
                    form.equals("more") ? first > second : form.equals("fewer") ? first < second : first == second);
        } else if (in.takes("Do") || in.takes("Is")) {
            SceneObject one = in.one(scene);
            boolean is = !in.takes("and");
            SceneObject two = is ? one : in.one(scene);
            in.skip(is ? "" : "have").skip("the same");
            String kind = in.words.get(in.at++);
            two = is ? in.skip("as").one(scene) : two;
            answer = yesNo(property(one, kind).equals(property(two, kind)));
        } else if (in.takes("What is the size of")
                || in.takes("What is the color of")
                || in.takes("What is the material of")
                || in.takes("What is the shape of")) {
            String kind = in.words.get(in.at - 2);
            answer = property(in.one(scene), kind);
        } else if (in.takes("What is")) {
            answer = property(in.one(scene), "material");
            in.skip("made of");
        } else {
            String kind = in.skip("What").words.get(in.at++);
            answer = property(in.skip("is").one(scene), kind);
        }
        in.end();
        return answer;
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }

    private SceneObject one(Scene scene) {
        Set<Integer> meant = meaning(definite(), scene);
        if (meant.size() != 1) {
            throw new AssertionError(words + " names " + meant + " as one");
        }
        return scene.objects().get(meant.iterator().next());
    }

    private Phrase definite() {
        return skip("the").indefinite();
    }

    private Phrase indefinite() {
        return new Phrase(noun(), ties());
    }

    private List<String> noun() {
        List<String> attributes = new ArrayList<>();
        while (true) {
            String word = words.get(at++);
            boolean plural = word.endsWith("s") && !OTHERS.contains(word);
            String singular = plural ? word.substring(0, word.length() - 1) : word;
            String known = SYNONYMS.getOrDefault(singular, singular);
            if (NOUNS.contains(known)) {
                if (SHAPES.contains(known)) {
                    attributes.add(known);
                }
                return attributes;
            }
            if (!OTHERS.contains(known)) {
                throw new AssertionError(words + ": '" + word + "' is no attribute");
            }
            attributes.add(known);
        }
    }

    private List<Tied> ties() {
        boolean that = takes("that is") || takes("that has") || takes("that are");
        boolean both = that && takes("both");
        List<Tied> ties = new ArrayList<>();
        for (String tie : TIES) {
            if ((that || !tie.startsWith("the same")) && takes(tie)) {
                ties.add(new Tied(tie, definite()));
                break;
            }
        }
        if (both) {
            skip("and");
            for (String tie : TIES) {
                if (takes(tie)) {
                    ties.add(new Tied(tie, definite()));
                    break;
                }
            }
        }
        if (ties.size() != (both ? 2 : that ? 1 : ties.size())) {
            throw new AssertionError(words + ": ties " + ties);
        }
        return ties;
    }

    private boolean takes(String expected) {
        List<String> parts = List.of(expected.split(" "));
        boolean found = at + parts.size() <= words.size()
                && words.subList(at, at + parts.size()).equals(parts);
        at += found ? parts.size() : 0;
        return found;
    }

    private TextReader skip(String expected) {
        if (!expected.isEmpty() && !takes(expected)) {
            throw new AssertionError(words + ": expected '" + expected + "' at word " + at);
        }
        return this;
    }

    private void end() {
        if (at != words.size()) {
            throw new AssertionError(words + ": nobody reads on from word " + at);
        }
    }
}
