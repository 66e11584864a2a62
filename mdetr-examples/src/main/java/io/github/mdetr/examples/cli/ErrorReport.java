package io.github.mdetr.examples.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Every error as one line on standard error; the stack trace only with {@code --verbose}. */
final class ErrorReport implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    /** The input is wrong, or the machine cannot do it. */
    static final int BAD_INPUT = 2;

    /** What shells show for a program that a closed pipe ended. */
    static final int CLOSED_PIPE = 141;

    private static final int LONGEST = 2000;
    private static final Pattern CHOICES =
            Pattern.compile("expected one of \\[([A-Z0-9_, ]+)] \\(case-insensitive\\) but was ");
    private static final String PACKAGE = "io.github.mdetr.";

    private final BooleanSupplier verbose;

    ErrorReport(BooleanSupplier verbose) {
        this.verbose = verbose;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        return report(e, command.getCommandSpec().qualifiedName(), command.getErr());
    }

    @Override
    public int handleParseException(CommandLine.ParameterException e, String[] args) {
        String name = e.getCommandLine().getCommandSpec().qualifiedName();
        e.getCommandLine().getErr().println(oneLine(name + ": " + describe(e) + " (see " + name + " --help)"));
        return BAD_INPUT;
    }

    /** What is wrong with an option, its choices as the documentation has them. */
    static String describe(CommandLine.ParameterException e) {
        // A converter's own words are better than picocli's around them.
        if (e.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null) {
            return cause.getMessage();
        }
        String message = String.valueOf(e.getMessage()).replaceFirst("^Error: ", "");
        return CHOICES.matcher(message)
                .replaceAll(m ->
                        Matcher.quoteReplacement("expected one of " + m.group(1).toLowerCase(Locale.ROOT) + ", got "));
    }

    /** Writes the line and gives the exit code. */
    int report(Throwable thrown, String command, PrintWriter err) {
        Throwable e = unwrap(thrown);
        if (e instanceof ResultStream.ClosedException) {
            return CLOSED_PIPE;
        }
        err.println(oneLine(command + ": " + PictureLimits.named(describe(e))
                + SystemLocale.current().hint(e)));
        if (verbose.getAsBoolean()) {
            thrown.printStackTrace(err);
        }
        return BAD_INPUT;
    }

    private static Throwable unwrap(Throwable e) {
        boolean wrapper = e instanceof UncheckedIOException
                || e instanceof CompletionException
                || e instanceof CommandLine.ExecutionException;
        return wrapper && e.getCause() != null ? unwrap(e.getCause()) : e;
    }

    /** What is wrong, in the words of a user. */
    static String describe(Throwable e) {
        if (e instanceof FileSystemException f) {
            return describe(f);
        }
        boolean told = e instanceof IOException || isOurs(e);
        if (told && e.getMessage() != null) {
            return e instanceof FileNotFoundException ? "cannot open " + e.getMessage() : e.getMessage();
        }
        if (e instanceof OutOfMemoryError) {
            return MemoryShortage.describe(e.getMessage());
        }
        if (e instanceof LinkageError) {
            return "a library does not load: " + e.getMessage();
        }
        return "internal error, please report it with the lines that --verbose adds: " + e;
    }

    private static String describe(FileSystemException e) {
        String file = e.getFile();
        String what = e.getReason();
        if (e instanceof NoSuchFileException) {
            what = "no such file or folder";
        } else if (e instanceof AccessDeniedException) {
            what = "permission denied";
        } else if (e instanceof FileAlreadyExistsException) {
            what = "is there already and not a folder";
        } else if (e instanceof NotDirectoryException) {
            what = "is not a folder";
        }
        return file == null
                ? String.valueOf(what)
                : file + ": " + (what == null ? e.getClass().getSimpleName() : what);
    }

    /** Whether our code threw it with a message that is written for users. */
    private static boolean isOurs(Throwable e) {
        if (e.getClass().getName().startsWith(PACKAGE)) {
            return true;
        }
        boolean plain = e instanceof IllegalArgumentException
                || e instanceof IllegalStateException
                || e instanceof UnsupportedOperationException;
        StackTraceElement[] trace = e.getStackTrace();
        return plain && trace.length > 0 && trace[0].getClassName().startsWith(PACKAGE);
    }

    /** On one line, without control characters that a hostile file may have brought in, and of bearable length. */
    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
