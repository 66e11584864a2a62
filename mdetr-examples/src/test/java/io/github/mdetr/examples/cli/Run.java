package io.github.mdetr.examples.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** One call of the command: exit code, standard output and standard error. */
record Run(int code, String out, String err) {

    static Run mdetr(Object... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), words);
        return new Run(code, out.toString(), err.toString());
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    /** The one line that a refusal says; fails when it is not exactly one, or results came with it. */
    String refusal() {
        if (code != ErrorReport.BAD_INPUT || !out.isEmpty() || err.lines().count() != 1) {
            throw new AssertionError("expected exit code 2 and one line on standard error, got " + this);
        }
        return err.strip();
    }
}
