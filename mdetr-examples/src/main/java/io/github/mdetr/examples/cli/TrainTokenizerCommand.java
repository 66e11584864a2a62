package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.data.AnnotationFile;
import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.tokenizer.BytePairTrainer;
import io.github.mdetr.tokenizer.TextReader;
import io.github.mdetr.tokenizer.TokenizerException;
import io.github.mdetr.tokenizer.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Learns a vocabulary from captions. */
@Command(
        name = "train-tokenizer",
        description = {
            "Learns a byte-level BPE vocabulary from captions and writes vocab.json and merges.txt, with RoBERTa's special"
                    + " tokens and their ids. For models that are trained from nothing: one that begins with published weights"
                    + " needs the vocabulary that they came with.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr train-tokenizer world/captions.json --size 512 --out vocabulary",
            "  mdetr train-tokenizer train.txt more.txt --size 8000 --min-frequency 5 \\",
            "      --out vocabulary",
        })
final class TrainTokenizerCommand implements Callable<Integer> {
    private static final String JSON = ".json";

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            description = "Texts in UTF-8 (or UTF-16), a caption on each line; or, where the name ends in " + JSON
                    + ", annotations in the published format, of which the captions are taken.")
    private List<Path> files = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "The folder to write to, which has no vocabulary yet.")
    private Path out = Path.of("");

    @Option(
            names = "--size",
            paramLabel = "N",
            required = true,
            description = "The most tokens, 261 or more: special tokens and bytes come first.")
    private int size;

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            defaultValue = "2",
            description = "How often a pair must come to become a token. Default: ${DEFAULT-VALUE}.")
    private int minFrequency;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        for (String name : List.of("vocab.json", "merges.txt", "tokenizer.json")) {
            if (Files.exists(out.resolve(name))) {
                throw new IllegalArgumentException(
                        "--out " + out + ": has a " + name + " already; give another folder");
            }
        }
        BytePairTrainer trainer = new BytePairTrainer();
        trainer.train(size, minFrequency); // says what is wrong with the numbers before anything is read
        long captions = 0;
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException(file + ": is a folder, expected a file of captions");
            }
            captions += file.toString().toLowerCase(Locale.ROOT).endsWith(JSON)
                    ? addAnnotations(file, trainer)
                    : addLines(file, trainer);
        }
        if (captions == 0) {
            throw new IllegalArgumentException(files.get(0) + ": has no captions; expected one or more to learn from");
        }
        Vocabulary vocabulary = trainer.train(size, minFrequency);
        vocabulary.save(out);
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: %s tokens, %s merges, from %s captions%n",
                        out,
                        Quantity.count(vocabulary.size()),
                        Quantity.count(vocabulary.mergeCount()),
                        Quantity.count(captions));
        return 0;
    }

    private static long addAnnotations(Path file, BytePairTrainer trainer) throws IOException {
        List<CaptionedImage> images = AnnotationFile.read(file).images();
        for (CaptionedImage image : images) {
            add(image.caption(), file + ": image " + image.id(), trainer);
        }
        return images.size();
    }

    private static long addLines(Path file, BytePairTrainer trainer) throws IOException {
        long lines = 0;
        try (BufferedReader reader = TextReader.open(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line, file + ": line " + ++lines, trainer);
            }
        }
        return lines;
    }

    private static void add(String caption, String where, BytePairTrainer trainer) {
        try {
            trainer.add(caption);
        } catch (TokenizerException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }
}
