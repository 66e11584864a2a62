package io.github.mdetr.examples.cli;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** Lines of a command on standard error that end nothing, all of one form: {@code mdetr predict: note: …}. */
final class Notes {
    private final CommandSpec spec;

    Notes(CommandSpec spec) {
        this.spec = spec;
    }

    /** What a command did that its user may not expect. */
    void note(String text) {
        line("note: " + text);
    }

    /** What may make a result worth less. */
    void warning(String text) {
        line("warning: " + text);
    }

    /** An image that is left out. */
    void skipped(Path image, String reason) {
        note(image + " is skipped: " + reason);
    }

    private void line(String text) {
        spec.commandLine().getErr().println(ErrorReport.oneLine(spec.qualifiedName() + ": " + text));
    }
}
