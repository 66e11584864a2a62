package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.BoxFormatGuess;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.nn.data.EntryProblem;
import io.github.mdetr.nn.data.Orientation;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a file of annotations before it is trained on.
 *
 * <pre>{@code
 * CheckReport report = new AnnotationCheck(AnnotationFile.survey(file))
 *         .withImages(folder)
 *         .withTokenizer(tokenizer, 512)
 *         .run(finding -> System.out.println(finding.line()));
 * if (report.errors() > 0) …
 * }</pre>
 */
public final class AnnotationCheck {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");
    private static final int PHRASES = 10;
    private static final int LONGEST_PHRASE = 100;

    private final AnnotationFile file;
    private final List<CaptionedImage> entries;
    private final Map<String, Long> phrases = new HashMap<>();
    private Orientation orientation = Orientation.AUTO;
    private boolean knownBoxes;
    private @Nullable Path folder;
    private ImageReader reader = ImageReader.of(ImageReader.Mode.STORED);
    private Runnable step = () -> {};
    private @Nullable RobertaTokenizer tokenizer;
    private int maxTokens;

    /** Of a file's entries, and what its reader found. */
    public AnnotationCheck(AnnotationFile file) {
        this.file = file;
        this.entries = file.images();
    }

    /** Decodes the images too, which lie in a folder. */
    public AnnotationCheck withImages(Path imageFolder) {
        folder = imageFolder;
        return this;
    }

    /** Reads images within other limits. */
    public AnnotationCheck withReader(ImageReader other) {
        reader = other;
        return this;
    }

    /** Which way up annotations are drawn; by default {@link Orientation#AUTO}. */
    public AnnotationCheck withOrientation(Orientation way) {
        orientation = way;
        return this;
    }

    /** Boxes are known to be as published, or were made so ({@link AnnotationFile#withBoxesOf}): nothing is guessed about them. */
    public AnnotationCheck withKnownBoxes() {
        knownBoxes = true;
        return this;
    }

    /** What is called behind each image, from several threads: there are {@link #files()} of them. */
    public AnnotationCheck onImage(Runnable action) {
        step = action;
        return this;
    }

    /** Looks at tokens too; the text encoder takes {@code most} of a caption. */
    public AnnotationCheck withTokenizer(RobertaTokenizer model, int most) {
        tokenizer = model;
        maxTokens = most;
        return this;
    }

    /** The number of different images. */
    public int files() {
        return (int) entries.stream().map(CaptionedImage::fileName).distinct().count();
    }

    /** Gives every finding: those of the whole file, of its entries in their order, and of entries that cannot be read. */
    public CheckReport run(Consumer<Finding> findings) {
        Map<FindingKind, Long> found = new EnumMap<>(FindingKind.class);
        Consumer<Finding> counted = f -> {
            found.merge(f.kind(), 1L, Long::sum);
            findings.accept(f);
        };
        ImageFiles images = folder == null ? null : new ImageFiles(entries, folder, orientation, reader, step);
        BoxFormatGuess guess = knownBoxes ? null : BoxFormatGuess.of(entries);
        if (guess != null) {
            counted.accept(new Finding(
                    FindingKind.BOX_FORMAT,
                    null,
                    null,
                    null,
                    guess.message(),
                    guess.isKnown()
                            ? "convert them, or state what they are, such as --boxes " + guess.names()
                            : "convert them, or state --boxes xywh where they are as published"));
        }
        Map<String, CaptionedImage> known = new HashMap<>();
        entries.forEach(e -> known.put(e.id(), e));
        Map<String, List<EntryProblem>> problems = new HashMap<>();
        List<EntryProblem> others = new ArrayList<>();
        for (EntryProblem p : file.problems().listed()) {
            boolean ofEntry = p.image() != null && known.containsKey(p.image());
            (ofEntry ? problems.computeIfAbsent(p.image(), i -> new ArrayList<>()) : others).add(p);
        }
        int[] tokens = new int[entries.size()];
        for (int i = 0; i < tokens.length; i++) {
            CaptionedImage entry = entries.get(i);
            problems.getOrDefault(entry.id(), List.of()).forEach(p -> counted.accept(finding(p, entry)));
            tokens[i] = entry(entry, images, guess == null || !guess.isKnown(), counted);
        }
        others(others, counted);
        // Those that the reader did not keep count too.
        file.problems()
                .counts()
                .forEach((kind, n) -> found.computeIfPresent(FindingKind.of(kind), (k, had) -> Math.max(had, n)));
        return report(tokens, images == null ? 0 : images.turned(), found);
    }

    /** Returns the number of its tokens. */
    private int entry(CaptionedImage entry, @Nullable ImageFiles images, boolean boxes, Consumer<Finding> findings) {
        EntryCheck.Found found =
                (kind, annotation, what) -> findings.accept(finding(kind, entry, annotation, what, null));
        if (images != null) {
            images.check(entry, (kind, what, advice) -> findings.accept(finding(kind, entry, null, what, advice)));
        }
        Encoding encoding = encode(entry, found);
        int length = encoding == null ? 0 : encoding.length();
        // Of a caption that is too long no token is looked at: there may be any number of them and of spans.
        int[][] offsets = encoding == null || length > maxTokens ? null : encoding.codePointOffsets();
        int[] caption = entry.caption().codePoints().toArray();
        new EntryCheck(entry, caption, offsets, boxes, found).run();
        for (Annotation a : entry.annotations()) {
            String phrase = phrase(caption, a.tokensPositive());
            if (!phrase.isEmpty()) {
                phrases.merge(phrase, 1L, Long::sum);
            }
        }
        return length;
    }

    private static Finding finding(
            FindingKind kind, CaptionedImage entry, @Nullable String annotation, String what, @Nullable String advice) {
        return new Finding(
                kind,
                entry.id(),
                entry.fileName(),
                annotation,
                oneLine(entry.name() + ": " + what),
                oneLine(advice == null ? kind.advice() : advice));
    }

    private static Finding finding(EntryProblem p, CaptionedImage entry) {
        String annotation = p.list().equals("images")
                ? ""
                : (p.annotation() == null ? "annotations[" + p.index() + "]" : "annotation " + p.annotation()) + ": ";
        return finding(FindingKind.of(p.kind()), entry, p.annotation(), annotation + p.message(), null);
    }

    /** Of entries that are none, or none of the file's. */
    private void others(List<EntryProblem> problems, Consumer<Finding> findings) {
        long captions = file.problems().count(EntryProblem.Kind.CAPTION);
        boolean plain = file.isWithoutCaptions();
        if (plain) {
            findings.accept(new Finding(
                    FindingKind.CAPTION_MISSING,
                    null,
                    null,
                    null,
                    captions + (captions == 1 ? " image" : " images") + " without a caption",
                    AnnotationFile.WITHOUT_CAPTIONS));
        }
        for (EntryProblem p : problems) {
            if (!plain || p.kind() != EntryProblem.Kind.CAPTION) {
                FindingKind kind = FindingKind.of(p.kind());
                findings.accept(new Finding(
                        kind, p.image(), null, p.annotation(), oneLine(p.entry() + ": " + p.message()), kind.advice()));
            }
        }
    }

    private @Nullable Encoding encode(CaptionedImage entry, EntryCheck.Found found) {
        if (tokenizer == null) {
            return null;
        }
        try {
            Encoding encoding = tokenizer.encode(entry.caption());
            if (encoding.length() > maxTokens) {
                found.accept(
                        FindingKind.CAPTION_TOO_LONG,
                        null,
                        "caption of " + encoding.length() + " tokens; the text encoder takes at most " + maxTokens);
            }
            return encoding;
        } catch (TokenizerException e) {
            found.accept(FindingKind.CAPTION_BROKEN, null, "caption: " + e.getMessage());
            return null;
        }
    }

    private CheckReport report(int[] tokens, int turned, Map<FindingKind, Long> found) {
        Set<String> files = new HashSet<>();
        long crowds = 0;
        long finals = 0;
        long spans = 0;
        long objects = 0;
        long questions = 0;
        for (CaptionedImage entry : entries) {
            files.add(entry.fileName());
            questions += entry.question() == null ? 0 : 1;
            for (Annotation a : entry.annotations()) {
                objects++;
                crowds += a.crowd() ? 1 : 0;
                finals += a.isFinal() ? 1 : 0;
                spans += a.tokensPositive().size();
            }
        }
        Comparator<Map.Entry<String, Long>> byFrequency =
                Map.Entry.<String, Long>comparingByValue().reversed();
        return new CheckReport(
                entries.size(),
                files.size(),
                turned,
                spread(CaptionedImage::width),
                spread(CaptionedImage::height),
                spread(e -> e.caption().codePointCount(0, e.caption().length())),
                tokenizer == null ? null : Spread.of(tokens),
                spread(e -> e.annotations().size()),
                objects,
                crowds,
                finals,
                spans,
                questions,
                phrases.entrySet().stream()
                        .sorted(byFrequency.thenComparing(Map.Entry.comparingByKey()))
                        .limit(PHRASES)
                        .map(e -> Map.entry(e.getKey(), e.getValue()))
                        .toList(),
                found);
    }

    private Spread spread(ToIntFunction<CaptionedImage> number) {
        return Spread.of(entries.stream().mapToInt(number).toArray());
    }

    /** The words of spans that lie in the caption, in small letters, joined by " … "; of long ones the beginning. */
    private static String phrase(int[] caption, List<CodePointSpan> spans) {
        StringBuilder phrase = new StringBuilder();
        for (CodePointSpan span : spans) {
            if (span.end() <= caption.length && span.begin() < span.end() && phrase.length() < LONGEST_PHRASE) {
                phrase.append(phrase.isEmpty() ? "" : " … ");
                int length = Math.min(LONGEST_PHRASE, span.end() - span.begin());
                phrase.append(new String(caption, span.begin(), length));
            }
        }
        return oneLine(phrase.toString().toLowerCase(Locale.ROOT));
    }

    private static String oneLine(String text) {
        return CONTROL.matcher(text).replaceAll(" ");
    }
}
