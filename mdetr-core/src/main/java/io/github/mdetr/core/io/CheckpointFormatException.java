package io.github.mdetr.core.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file that cannot be used as a checkpoint; the message is one line: file, where, expected, got, what to do. */
public class CheckpointFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final String where;
    private final String expected;
    private final String got;
    private final String fix;

    /**
     * Describes what is wrong.
     *
     * @param file the checkpoint
     * @param where the part of it, such as {@code header, tensor 'a.weight'} or {@code archive/data.pkl at byte 17}
     * @param expected what should be there
     * @param got what is there
     * @param fix what the user can do
     */
    public CheckpointFormatException(Path file, String where, String expected, String got, String fix) {
        super(file + ": " + where + ": expected " + expected + ", got " + got + "; " + fix);
        this.file = file.toString();
        this.where = where;
        this.expected = expected;
        this.got = got;
        this.fix = fix;
    }

    /** The checkpoint's path. */
    public String file() {
        return file;
    }

    /** The part of the file. */
    public String where() {
        return where;
    }

    /** What should be there. */
    public String expected() {
        return expected;
    }

    /** What is there. */
    public String got() {
        return got;
    }

    /** What the user can do. */
    public String fix() {
        return fix;
    }
}
