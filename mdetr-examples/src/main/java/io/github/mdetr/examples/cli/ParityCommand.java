package io.github.mdetr.examples.cli;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Precision;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.nn.parity.ParityCase;
import io.github.mdetr.nn.parity.ParityResult;
import io.github.mdetr.nn.parity.ParityRunner;
import io.github.mdetr.nn.parity.TrainingParity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Compares models with reference outputs. */
@Command(
        name = "parity",
        description = {
            "Compares the model with reference outputs.",
            "For each case of a folder (NAME.json beside NAME.safetensors) it builds the model with the weights that the"
                    + " case's formula gives, runs it on the case's images and captions, and prints for every output the"
                    + " largest difference beside the allowed one: 10 times the case's noise, plus 1e-5.",
            "With --train it compares one step of training. That is computed in float64, on the nd4j-float64 backend, unless"
                    + " --backend asks for another: in float32 a right implementation misses some of a large case's figures"
                    + " too, since rounding decides on which side of its kink an activation is. The first line says what"
                    + " computes.",
        },
        exitCodeList = {
            "0:every case that this library builds models for passed",
            "1:a case failed, or none ran",
            "2:the folder or a case that was named cannot be read",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr parity mdetr-nn/src/test/resources/golden",
            "  mdetr parity --train mdetr-nn/src/test/resources/golden",
            "  mdetr parity --train mdetr-nn/src/test/resources/golden --backend onednn",
            "  mdetr parity mdetr-nn/src/test/resources/golden --case tiny --backend nd4j",
        })
final class ParityCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The folder of the cases.")
    private Path folder = Path.of("");

    @Option(names = "--case", paramLabel = "NAME", description = "Only this case; may be given several times.")
    private List<String> names = List.of();

    @Option(names = "--training", description = "Build the models as for training, and not laid out for inference.")
    private boolean training;

    @Option(
            names = "--train",
            description = "Compare a step of training instead: losses, assignments, gradients and weights after it.")
    private boolean train;

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @ParentCommand
    private MdetrCommand mdetr = new MdetrCommand();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (train && precision.value() != Precision.FLOAT32) {
            throw new ParameterException(
                    spec.commandLine(), "--train: training computes in f32; leave --precision out");
        }
        List<String> cases = names.isEmpty() ? ParityCase.names(folder) : names;
        if (cases.isEmpty()) {
            String name = spec.qualifiedName();
            spec.commandLine()
                    .getErr()
                    .println(ErrorReport.oneLine(
                            name + ": " + folder + ": has no case; expected NAME.json beside NAME.safetensors"));
        }
        ParityRunner outputs = new ParityRunner(training ? Mode.TRAINING : Mode.INFERENCE, precision.value());
        CaseRunner runner = train && !cases.isEmpty() ? step(out) : outputs::run;
        Map<ParityResult.Status, Integer> counts = new EnumMap<>(ParityResult.Status.class);
        for (String name : cases) {
            long start = System.nanoTime();
            ParityResult.Status status = run(runner, name, out);
            counts.merge(status, 1, Integer::sum);
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf(Locale.ROOT, "%s %s in %.1f s%n%n", name, status.name().toLowerCase(Locale.ROOT), seconds);
        }
        int passed = counts.getOrDefault(ParityResult.Status.PASSED, 0);
        int failed = counts.getOrDefault(ParityResult.Status.FAILED, 0);
        int skipped = counts.getOrDefault(ParityResult.Status.SKIPPED, 0);
        out.printf(Locale.ROOT, "%d passed, %d failed, %d skipped%n", passed, failed, skipped);
        return failed > 0 || passed == 0 ? 1 : 0;
    }

    private interface CaseRunner {
        ParityResult run(ParityCase parity) throws IOException;
    }

    /** Runs a step in double precision where no backend was asked for; says what computes. */
    private static CaseRunner step(PrintWriter out) {
        Device device = null;
        String reason = "";
        if (System.getProperty(Backends.PROPERTY) == null) {
            try {
                device = Backends.get(TrainingParity.EXACT_BACKEND);
            } catch (IllegalStateException e) {
                reason = ", since " + ErrorReport.oneLine(String.valueOf(e.getMessage()));
            }
        }
        Device chosen = device != null ? device : Device.current();
        out.printf(Locale.ROOT, "computing on %s in float%d%s%n%n", chosen.name(), chosen.floatBits(), reason);
        return parity -> {
            try {
                return Context.with(chosen, () -> {
                    try {
                        return new TrainingParity().run(parity);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        };
    }

    /** A case that was named must be there; one that breaks down on the way has failed, and the others still run. */
    private ParityResult.Status run(CaseRunner runner, String name, PrintWriter out) throws IOException {
        ParityCase parity;
        if (names.contains(name)) {
            parity = ParityCase.read(folder, name);
        } else {
            try {
                parity = ParityCase.read(folder, name);
            } catch (IOException | RuntimeException e) {
                return broken(e, name, out);
            }
        }
        try {
            ParityResult result = runner.run(parity);
            result.differences().forEach(d -> out.println(name + " " + d));
            if (!result.reason().isEmpty()) {
                out.println(name + ": " + ErrorReport.oneLine(result.reason()));
            }
            return result.status();
        } catch (ResultStream.ClosedException | ResultStream.FailedException e) {
            throw e;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return broken(e, name, out);
        }
    }

    private ParityResult.Status broken(Throwable e, String name, PrintWriter out) {
        out.println(name + ": " + ErrorReport.oneLine(ErrorReport.describe(e)));
        if (mdetr.isVerbose()) {
            e.printStackTrace(spec.commandLine().getErr());
        }
        return ParityResult.Status.FAILED;
    }
}
