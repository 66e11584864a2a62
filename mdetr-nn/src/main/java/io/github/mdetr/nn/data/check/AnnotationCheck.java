package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.Annotation;
import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.CodePointSpan;
import io.github.mdetr.tokenizer.Encoding;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import io.github.mdetr.tokenizer.TokenizerException;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;

/**
 * Looks through a file of annotations before it is trained on.
 *
 * <pre>{@code
 * CheckReport report = new AnnotationCheck(AnnotationFile.read(file))
 *         .withImages(folder)
 *         .withTokenizer(tokenizer, 512)
 *         .run(finding -> System.out.println(finding.message()));
 * if (report.errors() > 0) …
 * }</pre>
 */
public final class AnnotationCheck {
    private static final int PHRASES = 10;

    private final List<CaptionedImage> entries;
    private @Nullable Path folder;
    private Runnable step = () -> {};
    private @Nullable RobertaTokenizer tokenizer;
    private int maxTokens;

    /** Of a file's entries. */
    public AnnotationCheck(AnnotationFile file) {
        this.entries = file.images();
    }

    /** Decodes the images too, which lie in a folder. */
    public AnnotationCheck withImages(Path imageFolder) {
        folder = imageFolder;
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

    /** Gives every finding, in the order of the entries. */
    public CheckReport run(Consumer<Finding> findings) {
        ImageFiles images = folder == null ? null : new ImageFiles(entries, folder, step);
        Map<FindingKind, Long> found = new EnumMap<>(FindingKind.class);
        int[] tokens = new int[entries.size()];
        for (int i = 0; i < tokens.length; i++) {
            CaptionedImage entry = entries.get(i);
            Consumer<Finding> named = f -> {
                found.merge(f.kind(), 1L, Long::sum);
                findings.accept(new Finding(
                        f.kind(), oneLine("image " + entry.id() + " (" + entry.fileName() + "): " + f.message())));
            };
            Finding image = images == null ? null : images.check(entry);
            if (image != null) {
                named.accept(image);
            }
            Encoding encoding = encode(entry, named);
            tokens[i] = encoding == null ? 0 : encoding.length();
            new EntryCheck(entry, encoding == null ? null : encoding.codePointOffsets(), named).run();
        }
        return report(tokens, found);
    }

    private @Nullable Encoding encode(CaptionedImage entry, Consumer<Finding> findings) {
        if (tokenizer == null) {
            return null;
        }
        try {
            Encoding encoding = tokenizer.encode(entry.caption());
            if (encoding.length() > maxTokens) {
                findings.accept(new Finding(
                        FindingKind.CAPTION_TOO_LONG,
                        "caption of " + encoding.length() + " tokens; the text encoder takes at most " + maxTokens));
            }
            return encoding;
        } catch (TokenizerException e) {
            findings.accept(new Finding(FindingKind.CAPTION_BROKEN, "caption: " + e.getMessage()));
            return null;
        }
    }

    private CheckReport report(int[] tokens, Map<FindingKind, Long> found) {
        Set<String> files = new HashSet<>();
        Map<String, Long> phrases = new HashMap<>();
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
                String phrase = phrase(entry.caption(), a.tokensPositive());
                if (!phrase.isEmpty()) {
                    phrases.merge(phrase, 1L, Long::sum);
                }
            }
        }
        Comparator<Map.Entry<String, Long>> byFrequency =
                Map.Entry.<String, Long>comparingByValue().reversed();
        return new CheckReport(
                entries.size(),
                files.size(),
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

    /** The words of spans that lie in the caption, in small letters, joined by " … ". */
    private static String phrase(String caption, List<CodePointSpan> spans) {
        int length = caption.codePointCount(0, caption.length());
        StringBuilder phrase = new StringBuilder();
        for (CodePointSpan span : spans) {
            if (span.end() <= length && span.begin() < span.end()) {
                int begin = caption.offsetByCodePoints(0, span.begin());
                phrase.append(phrase.isEmpty() ? "" : " … ")
                        .append(caption, begin, caption.offsetByCodePoints(begin, span.end() - span.begin()));
            }
        }
        return oneLine(phrase.toString().toLowerCase(Locale.ROOT));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
