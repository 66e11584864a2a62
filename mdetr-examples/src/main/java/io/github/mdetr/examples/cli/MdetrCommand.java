package io.github.mdetr.examples.cli;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.backend.OpenMp;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: what all subcommands share. Options take effect as they are read, before anything is loaded. */
@Command(
        name = "mdetr",
        description = "Finds in an image what a caption speaks of (MDETR).",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:a check failed",
            "2:the input is wrong, or this machine cannot do it: one line on standard error says what",
        },
        subcommands = {
            PredictCommand.class,
            ServeCommand.class,
            ConvertCommand.class,
            InspectCommand.class,
            ParityCommand.class,
            BenchCommand.class,
            SynthCommand.class,
            TrainCommand.class,
            DemoCommand.class,
            EvaluateWorldCommand.class,
            EvaluateDataCommand.class,
            TrainTokenizerCommand.class,
            CheckDataCommand.class,
        })
final class MdetrCommand {
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Say on standard error what is done, and show the stack trace of an error.")
    void setVerbose(boolean value) {
        verbose = value;
        if (value) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
        }
    }

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description =
                    "What computes: onednn or nd4j, or nd4j-float64 for comparisons; by default the fastest that can run here.")
    void setBackend(String name) {
        List<String> names = Backends.names();
        String wanted = name.trim().toLowerCase(Locale.ROOT);
        if (!wanted.equals("auto") && !names.contains(wanted)) {
            throw new IllegalArgumentException(
                    "--backend: expected one of auto, " + String.join(", ", names) + ", got '" + name + "'");
        }
        System.setProperty(Backends.PROPERTY, wanted);
    }

    @Option(
            names = "--threads",
            paramLabel = "N",
            scope = ScopeType.INHERIT,
            description = "Threads to compute on; by default one for each processor.")
    void setThreads(int n) {
        if (n < 1 || n > OpenMp.MAX_THREADS) {
            throw new IllegalArgumentException(
                    "--threads: expected a number of threads from 1 to " + OpenMp.MAX_THREADS + ", got " + n);
        }
        System.setProperty(OpenMp.PROPERTY, Integer.toString(n));
    }
}
