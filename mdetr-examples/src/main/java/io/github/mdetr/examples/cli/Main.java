package io.github.mdetr.examples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** The {@code mdetr} command. */
public final class Main {
    private static final Pattern ADDRESS = Pattern.compile("(?i)(https?|ftp|s3|gs|data|file):.*", Pattern.DOTALL);

    private static final int LONGEST_SHOWN = 100;

    private Main() {}

    /** Runs it and ends the process with its exit code. */
    public static void main(String[] args) {
        // Standard output is for results alone: what libraries print goes to the other.
        System.setOut(System.err);
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // libraries write digits of the language otherwise
        PrintWriter out = utf8(new ResultStream(new FileOutputStream(FileDescriptor.out)));
        PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
        System.exit(run(out, err, args));
    }

    private static PrintWriter utf8(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** Runs the command and returns its exit code; nothing is thrown. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        String lost = SystemLocale.current().problem(args, System.getProperty("user.dir", ""));
        if (lost != null) {
            err.println(ErrorReport.oneLine("mdetr: " + lost));
            return ErrorReport.BAD_INPUT;
        }
        MdetrCommand mdetr = new MdetrCommand();
        ErrorReport errors = new ErrorReport(mdetr::isVerbose);
        CommandLine command = new CommandLine(mdetr)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setExpandAtFiles(false) // a caption may begin with @
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Main::runLast)
                .registerConverter(Path.class, Main::path)
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors);
        try {
            return command.execute(args);
        } catch (RuntimeException | Error e) { // picocli hands exceptions to the handler, and lets errors pass
            return errors.report(e, "mdetr", err);
        } finally {
            err.flush();
        }
    }

    /**
     * The path that a word of the command stands for. An empty one is the working directory to Java, and to a user a variable
     * that is not set; {@code -} and addresses are never read. {@code ~} is the home, which a shell puts there only where the
     * word begins with it and is not quoted.
     *
     * @throws CommandLine.TypeConversionException when the word is no path
     */
    static Path path(String text) {
        if (text.isBlank()) {
            throw new CommandLine.TypeConversionException("expected a path, got an empty one");
        }
        if (text.equals("-")) {
            throw new CommandLine.TypeConversionException(
                    "expected a path, got -; standard input and output are not used; a file of that name is ./-");
        }
        if (isAddress(text) && !exists(text)) {
            throw new CommandLine.TypeConversionException("expected a path, got the address "
                    + (text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…")
                    + "; addresses are not fetched: download it and give its file");
        }
        try {
            Path path = Path.of(text);
            return path.startsWith("~") && !Files.exists(path) ? home(path) : path;
        } catch (InvalidPathException e) {
            throw new CommandLine.TypeConversionException(
                    "expected a path, got '" + text + "' (" + e.getReason() + ")");
        }
    }

    /** Whether the word names something on a network, or holds data in itself. */
    static boolean isAddress(String text) {
        return ADDRESS.matcher(text).matches();
    }

    /** Whether there is a file of this name, however odd it is. */
    static boolean exists(String text) {
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) { // such as a pattern on a system whose names have no wildcards
            return false;
        }
    }

    private static Path home(Path path) {
        Path home = Path.of(System.getProperty("user.home", "~"));
        return path.getNameCount() == 1 ? home : home.resolve(path.subpath(1, path.getNameCount()));
    }

    /** As picocli does by itself, but errors while help or version is written go to the handler as well. */
    private static int runLast(CommandLine.ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (CommandLine.ExecutionException | CommandLine.ParameterException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new CommandLine.ExecutionException(
                    parsed.commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
