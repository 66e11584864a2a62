package io.github.mdetr.examples.programs;

import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The words that a program is called with, by name. What is wrong with them, or with the files that they name, ends the
 * program with exit code 2 and one line on standard error.
 */
final class Arguments {
    private static final int BAD_INPUT = 2;

    private final Map<String, String> values = new LinkedHashMap<>();
    private final String usage;

    private Arguments(String usage) {
        this.usage = usage;
    }

    /**
     * Reads them.
     *
     * @param names of the arguments in their order, those in brackets may be left out: {@code "IN OUT [STEPS]"}
     * @throws IllegalArgumentException that says how the program is called
     */
    static Arguments of(Class<?> program, String names, String... args) {
        Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> end(program.getSimpleName(), e));
        Arguments read = new Arguments("usage: java -cp mdetr.jar " + (program.getName() + " " + names).strip());
        String[] all = names.isEmpty() ? new String[0] : names.split(" ");
        for (int i = 0; i < all.length; i++) {
            if (i < args.length) {
                read.values.put(all[i].replaceAll("[\\[\\]]", ""), args[i]);
            } else if (!all[i].startsWith("[")) {
                throw new IllegalArgumentException(read.usage);
            }
        }
        if (args.length > all.length) {
            throw new IllegalArgumentException(read.usage);
        }
        return read;
    }

    /** The text of that name. */
    String text(String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + ": expected a text, got none; " + usage);
        }
        return value;
    }

    /** The file or folder of that name. */
    Path path(String name) {
        try {
            return Path.of(text(name));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(name + ": expected a path, got '" + e.getInput() + "'; " + usage, e);
        }
    }

    /** The file or folder of that name, which is not there yet, so that nothing is replaced. */
    Path newPath(String name) {
        Path path = path(name);
        if (Files.exists(path)) {
            throw new IllegalArgumentException(path + ": is there already; give another name");
        }
        return path;
    }

    /** The number of that name, 1 or more, or where it is left out the other. */
    int number(String name, int otherwise) {
        String value = values.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.matches("0*[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(name + ": expected a number from 1 on, got '" + value + "'; " + usage);
        }
        return Integer.parseInt(value);
    }

    /** What nobody caught: in a line where it was written for the user, else as Java shows it. */
    @SuppressWarnings("SystemExitOutsideMain") // the main thread has ended here
    private static void end(String program, Throwable e) {
        boolean forUser = e instanceof IOException
                || e instanceof IllegalArgumentException
                || e instanceof IllegalStateException
                || e instanceof TokenizerException;
        if (forUser) {
            String message = String.valueOf(e.getMessage()).replaceAll("\\R\\s*", " ");
            System.err.println(program + ": " + message + (e instanceof NoSuchFileException ? ": no such file" : ""));
        } else {
            e.printStackTrace();
        }
        System.exit(BAD_INPUT);
    }
}
