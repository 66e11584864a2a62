package io.github.mdetr.examples.cli;

import io.github.mdetr.nn.pipeline.LoadOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Which weights of a checkpoint to take, and what it does not tell about its model. */
final class ModelOptions {
    @Option(names = "--ema", description = "Take the moving average of the weights (model_ema of a .pth).")
    boolean ema;

    @Option(
            names = "--no-verify",
            description = "Read the weights without comparing them with the checksums that their file may have.")
    boolean noVerify;

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description = "An argument that the model was trained with, where the checkpoint does not state it, such as"
                    + " nheads=8, dilation=true or text_encoder_type=roberta-base. May be given several times.")
    private Map<String, String> stated = new LinkedHashMap<>();

    /** The arguments as booleans, numbers or text. */
    Map<String, Object> stated() {
        Map<String, Object> values = new LinkedHashMap<>();
        stated.forEach((name, text) -> values.put(name, value(text)));
        return values;
    }

    /** How to load what is chosen by these options. */
    LoadOptions.Builder loading() {
        LoadOptions.Builder load = LoadOptions.builder().ema(ema).verify(!noVerify);
        stated().forEach(load::argument);
        return load;
    }

    private static Object value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Boolean.valueOf(text);
        }
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            // no integer
        }
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
