package io.github.mdetr.examples.cli;

import io.github.mdetr.core.io.Checkpoint;
import io.github.mdetr.core.io.CheckpointFormatException;
import io.github.mdetr.core.io.PassedOver;
import io.github.mdetr.core.io.TensorInfo;
import io.github.mdetr.core.io.TensorSource;
import io.github.mdetr.nn.backbone.BackboneType;
import io.github.mdetr.nn.mdetr.ConfigArguments;
import io.github.mdetr.nn.mdetr.MdetrConfig;
import io.github.mdetr.nn.mdetr.ModelLoader;
import io.github.mdetr.nn.pipeline.EvaluationResize;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what a checkpoint holds. */
@Command(
        name = "inspect",
        description = {
            "Tells what a checkpoint holds: its sections, what was passed over in it, the configuration found, parameters of each"
                    + " part, the memory needed, and every tensor's name, type and shape. No weights are read, and no code in"
                    + " it is run.",
        },
        exitCodeList = {
            "0:it holds a model that this library builds",
            "1:it holds weights, but no such model; the configuration's line says why",
            "2:it cannot be read",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr inspect pretrained_resnet101_checkpoint.pth",
            "  mdetr inspect --ema --no-tensors pretrained_resnet101_checkpoint.pth",
            "  mdetr inspect weights.safetensors --option nheads=8 \\",
            "      --option dilation=false --option text_encoder_type=roberta-base",
        })
final class InspectCommand implements Callable<Integer> {
    private static final int HEIGHT = 800;
    private static final int WIDTH = 1066;

    @Parameters(
            paramLabel = "FILE",
            description =
                    "The checkpoint: safetensors, or a .pth, .ckpt or .bin of PyTorch; the index of several, or its folder.")
    private Path file = Path.of("");

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Option(names = "--no-tensors", description = "Leave out the list of names, types and shapes.")
    private boolean withoutTensors;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        try (Checkpoint checkpoint = Checkpoint.open(file, !options.noVerify)) {
            String section = options.ema ? Checkpoint.MODEL_EMA : Checkpoint.MODEL;
            TensorSource weights = checkpoint.section(section);
            out.println("file           " + file + ", " + Quantity.bytes(checkpoint.byteSize()));
            out.println("format         "
                    + checkpoint.format().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            for (String name : checkpoint.sections()) {
                out.println("section        " + ErrorReport.oneLine(name) + ": " + summary(checkpoint, name)
                        + (name.equals(checkpoint.resolve(section)) ? ", shown here" : ""));
            }
            checkpoint.notes(section).forEach(note -> out.println("note           " + ErrorReport.oneLine(note)));
            checkpoint.passedOver().forEach(p -> out.println("passed over    " + passedOver(p)));
            MdetrConfig config = configuration(checkpoint, section, out);
            parts(weights, out);
            if (config != null) {
                memory(weights, config, out);
            }
            if (!withoutTensors) {
                out.println();
                weights.tensors().values().forEach(t -> out.println(line(t)));
            }
            return config == null ? 1 : 0;
        }
    }

    private static String passedOver(PassedOver p) {
        String first = p.count() == 1 ? ", " : ", the first ";
        return Quantity.count(p.count()) + " of " + ErrorReport.oneLine(p.type()) + first
                + (p.first().isEmpty() ? "at the top" : ErrorReport.oneLine(p.first()));
    }

    private static String summary(Checkpoint checkpoint, String section) {
        TensorSource source;
        try {
            source = checkpoint.section(section);
        } catch (CheckpointFormatException e) {
            return "cannot be read: " + ErrorReport.oneLine(e.where() + ": got " + e.got());
        }
        return Quantity.count(source.tensors().size()) + " tensors, " + Quantity.count(elements(source)) + " values";
    }

    private static long elements(TensorSource source) {
        return source.tensors().values().stream()
                .mapToLong(TensorInfo::elements)
                .sum();
    }

    private @Nullable MdetrConfig configuration(Checkpoint checkpoint, String section, PrintWriter out)
            throws IOException {
        try {
            MdetrConfig config = ModelLoader.config(checkpoint, section, options.stated());
            ConfigArguments.of(config)
                    .forEach((name, value) -> out.printf(Locale.ROOT, "configuration  %s = %s%n", name, value));
            String resize = EvaluationResize.ARGUMENT;
            Object value =
                    options.stated().getOrDefault(resize, checkpoint.args().get(resize));
            if (value != null) {
                out.println("images         " + resize + " = " + ErrorReport.oneLine(value.toString()));
            }
            return config;
        } catch (IllegalArgumentException e) {
            out.println("configuration  none: " + ErrorReport.oneLine(ErrorReport.describe(e)));
            return null;
        }
    }

    private static void parts(TensorSource weights, PrintWriter out) {
        Map<String, Long> parts = new LinkedHashMap<>();
        weights.tensors().values().forEach(t -> parts.merge(part(t.name()), t.elements(), Long::sum));
        parts.forEach((name, n) -> out.printf(Locale.ROOT, "parameters     %-14s %15s%n", name, Quantity.count(n)));
        out.printf(Locale.ROOT, "parameters     %-14s %15s%n", "all", Quantity.count(elements(weights)));
    }

    private static String part(String name) {
        if (name.startsWith("backbone.")) {
            return "backbone";
        }
        if (name.startsWith("transformer.text_encoder.")) {
            return "text encoder";
        }
        if (name.startsWith("transformer.encoder.")) {
            return "cross encoder";
        }
        return name.startsWith("transformer.decoder.") ? "decoder" : "heads and rest";
    }

    private static void memory(TensorSource weights, MdetrConfig config, PrintWriter out) {
        String need = Quantity.bytes(4 * elements(weights)) + " for the weights in float32";
        if (!config.dilation()) { // which keeps more pixels in the last stage
            long perPixel = bytesPerPixel(config.backbone());
            need += ", about " + Quantity.bytes(perPixel * HEIGHT * WIDTH) + " more for an image of " + HEIGHT + "x"
                    + WIDTH;
        }
        out.println("memory         " + need);
    }

    /** Tensors that live at once for each pixel of the input, as measured. */
    private static long bytesPerPixel(BackboneType backbone) {
        return switch (backbone) {
            case RESNET18_HALF -> 48;
            case RESNET18, RESNET34 -> 96;
            case RESNET50, RESNET101 -> 120;
            case EFFICIENTNET_B3, EFFICIENTNET_B5 -> 110;
        };
    }

    private static String line(TensorInfo t) {
        return String.format(
                Locale.ROOT, "%-5s %-20s %s", t.type(), Arrays.toString(t.shape()), ErrorReport.oneLine(t.name()));
    }
}
