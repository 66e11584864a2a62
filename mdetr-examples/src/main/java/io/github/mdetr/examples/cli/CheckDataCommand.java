package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.check.AnnotationCheck;
import io.github.mdetr.nn.data.check.CheckReport;
import io.github.mdetr.nn.data.check.Finding;
import io.github.mdetr.nn.data.check.FindingKind;
import io.github.mdetr.nn.data.check.Spread;
import io.github.mdetr.tokenizer.RobertaTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks through annotations before they are trained on. */
@Command(
        name = "check-data",
        description = {
            "Looks through a file of annotations in the published format before it is trained on: names every entry with"
                    + " something wrong by its ids, with what it usually comes from and what to do, and says what is in the"
                    + " file. Errors should be mended; notes may be meant.",
        },
        exitCodeList = {
            "0:no errors",
            "1:errors in some entries",
            "2:the file cannot be read, or is no JSON object with 'images'",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr check-data annotations.json --images photographs --vocab roberta-base",
            "  mdetr check-data world/captions.json --images world/images --vocab vocabulary",
        })
final class CheckDataCommand implements Callable<Integer> {
    private static final int LISTED = 20;

    @Parameters(paramLabel = "FILE", description = "The annotations.")
    private Path file = Path.of("");

    @Option(
            names = "--images",
            paramLabel = "DIR",
            description =
                    "The folder of the images: each is decoded, and its size compared. Without it they are not looked at.")
    private @Nullable Path images;

    @Option(
            names = {"--vocab", "--vocabulary", "--tokenizer"},
            paramLabel = "DIR",
            description =
                    "Folder with vocab.json and merges.txt, or with tokenizer.json: finds words that lie too far behind"
                            + " in their caption. Without it tokens are not looked at.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "512",
            description =
                    "Tokens that the text encoder takes of a caption: 512 for the published models, 128 for the small one"
                            + " that train --vocabulary makes. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Findings of a kind that are listed, 0 for none; all count. Default: " + LISTED
                    + ", and with --json all.")
    private @Nullable Integer limit;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object: findings with kind, ids, message and advice, and what is in the file.")
    private boolean json;

    @Mixin
    private AnnotationOptions annotations = new AnnotationOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (limit != null && limit < 0) {
            throw new IllegalArgumentException("--limit: expected 0 or more, got " + limit);
        }
        if (maxTokens < 1) {
            throw new IllegalArgumentException("--max-tokens: expected 1 or more, got " + maxTokens);
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": is a folder, expected a file of annotations");
        }
        if (images != null && !Files.isDirectory(images)) {
            throw new IllegalArgumentException("--images " + images + ": is no folder");
        }
        RobertaTokenizer tokenizer = vocabulary == null ? null : RobertaTokenizer.load(vocabulary);
        AnnotationFile read = AnnotationFile.survey(file);
        if (annotations.boxes != null) {
            read = read.withBoxesOf(annotations.boxes);
        }
        AnnotationCheck check = new AnnotationCheck(read).withOrientation(annotations.orientation);
        if (annotations.boxes != null) {
            check.withKnownBoxes();
        }
        if (tokenizer != null) {
            check.withTokenizer(tokenizer, maxTokens);
        }
        if (read.images().isEmpty() && read.problems().errors() == 0) {
            throw new IllegalArgumentException(file + ": holds no entry in 'images'; expected one or more");
        }
        try (Progress progress = Progress.over(images == null ? 0 : check.files())) {
            if (images != null) {
                check.withImages(images).withReader(annotations.reader()).onImage(progress::step);
            }
            return report(check);
        }
    }

    private int report(AnnotationCheck check) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        CheckReport report;
        if (json) {
            report = CheckJson.write(file, check, limit == null ? Integer.MAX_VALUE : limit, images != null, out);
        } else {
            int most = limit == null ? LISTED : limit;
            Map<FindingKind, Integer> listed = new EnumMap<>(FindingKind.class);
            report = check.run(f -> print(f, most, listed, out));
            summary(report, most, out);
        }
        return report.errors() == 0 ? 0 : 1;
    }

    private static void print(Finding f, int most, Map<FindingKind, Integer> listed, PrintWriter out) {
        int n = listed.merge(f.kind(), 1, Integer::sum);
        if (n <= most) {
            out.println(
                    (f.kind().isError() ? "error  " : "note   ") + PictureLimits.named(ErrorReport.oneLine(f.line())));
        }
    }

    private void summary(CheckReport r, int most, PrintWriter out) throws IOException {
        for (FindingKind kind : FindingKind.values()) {
            long more = r.found().getOrDefault(kind, 0L) - most;
            if (more > 0) {
                out.printf(
                        Locale.ROOT,
                        "%s%s more: %s%n",
                        kind.isError() ? "error  " : "note   ",
                        Quantity.count(more),
                        kind.label());
            }
        }
        line(out, "file", file + ", " + Quantity.bytes(Files.size(file)));
        line(
                out,
                "entries",
                Quantity.count(r.entries()) + ", of " + Quantity.of(r.files(), "image", "different images"));
        line(out, "sizes", "width " + r.widths() + "; height " + r.heights() + " pixels");
        Spread tokens = r.tokens();
        line(
                out,
                "captions",
                r.characters() + " characters; "
                        + (tokens == null ? "tokens not looked at (--vocab)" : tokens + " tokens"));
        line(
                out,
                "objects",
                Quantity.count(r.objectCount()) + ", " + r.objects() + " a caption"
                        + optional(r.crowds(), r.crowds() == 1 ? "crowd" : "crowds") + optional(r.finals(), "final"));
        line(out, "spans", Quantity.count(r.spans()));
        if (r.questions() > 0) {
            line(out, "questions", Quantity.count(r.questions()));
        }
        String phrases = r.phrases().stream()
                .map(e -> "\"" + e.getKey() + "\" " + Quantity.count(e.getValue()))
                .collect(Collectors.joining(", "));
        line(out, "words", phrases.isEmpty() ? "none" : ErrorReport.oneLine(phrases));
        if (r.turned() > 0) {
            line(
                    out,
                    "turned",
                    Quantity.of(r.turned(), "image, as EXIF shows it and its", "images, as EXIF shows them and their")
                            + " annotations are drawn");
        }
        if (images == null) {
            line(out, "images", "not looked at (--images)");
        }
        line(out, "errors", kinds(r, true));
        line(out, "notes", kinds(r, false));
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf(Locale.ROOT, "%-9s  %s%n", name, value);
    }

    private static String optional(long n, String what) {
        return n == 0 ? "" : ", " + Quantity.count(n) + " " + what;
    }

    private static String kinds(CheckReport r, boolean errors) {
        long all = errors ? r.errors() : r.notes();
        if (all == 0) {
            return "none";
        }
        StringBuilder text = new StringBuilder(Quantity.count(all)).append(":");
        String separator = " ";
        for (FindingKind kind : FindingKind.values()) {
            long n = r.found().getOrDefault(kind, 0L);
            if (kind.isError() == errors && n > 0) {
                text.append(separator).append(Quantity.count(n)).append(" × ").append(kind.label());
                separator = ", ";
            }
        }
        return text.toString();
    }
}
