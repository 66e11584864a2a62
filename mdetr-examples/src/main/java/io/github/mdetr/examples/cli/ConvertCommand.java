package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.CheckpointConverter;
import io.github.mdetr.nn.mdetr.ConfigReader;
import io.github.mdetr.nn.pipeline.EvaluationResize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a checkpoint's weights as safetensors. */
@Command(
        name = "convert",
        description = {
            "Writes a checkpoint's weights as a safetensors file, which is smaller without the optimizer's state and opens"
                    + " faster.",
            "The names are the published ones, without what wrapped the model. Number formats stay as they are, the training"
                    + " arguments go along, and those of --option, which go before them.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr convert pretrained_resnet101_checkpoint.pth mdetr-r101.safetensors",
            "  mdetr convert --ema pretrained_resnet101_checkpoint.pth \\",
            "      mdetr-r101-ema.safetensors",
            "  mdetr convert --option eval_resize=native clevr.pth \\",
            "      clevr.safetensors",
        })
final class ConvertCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "IN",
            description =
                    "The checkpoint: a .pth, .ckpt or .bin of PyTorch, or safetensors; the index of several, or its folder.")
    private Path in = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The safetensors file to make or to replace.")
    private Path out = Path.of("");

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (Files.exists(out) && Files.exists(in) && Files.isSameFile(in, out)) {
            throw new IllegalArgumentException(out + ": is both input and output; give another name for the output");
        }
        if (Files.isDirectory(out)) {
            throw new IllegalArgumentException(out + ": is a folder; give the name of a file in it");
        }
        Map<String, Object> stated = options.stated();
        ConfigReader.checkNames(stated.keySet());
        EvaluationResize.of(stated);
        String section = options.ema ? Checkpoint.MODEL_EMA : Checkpoint.MODEL;
        try (Checkpoint checkpoint = Checkpoint.open(in, !options.noVerify)) {
            CheckpointConverter.convert(checkpoint, out, section, stated);
            checkpoint.notes(section).forEach(new Notes(spec)::note);
        }
        try (Checkpoint written = Checkpoint.open(out)) {
            int tensors = written.model().tensors().size();
            spec.commandLine()
                    .getOut()
                    .printf(Locale.ROOT, "%s: %d tensors, %s%n", out, tensors, Quantity.bytes(Files.size(out)));
        }
        return 0;
    }
}
