package io.github.mdetr.examples.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Standard output whose errors are thrown through a {@link java.io.PrintWriter}, which swallows an IOException. */
final class ResultStream extends FilterOutputStream {

    /** Whoever read the results has gone: nothing is left to do, and nothing to say. */
    static final class ClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClosedException(IOException cause) {
            super(cause);
        }
    }

    /** The results cannot be written, such as to a full disk. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedException(IOException cause) {
            super("standard output cannot be written: " + cause.getMessage(), cause);
        }
    }

    ResultStream(OutputStream stream) {
        super(stream);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw unchecked(e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(IOException e) {
        String message = String.valueOf(e.getMessage());
        boolean closed = message.contains("Broken pipe") || message.contains("pipe is being closed");
        return closed ? new ClosedException(e) : new FailedException(e);
    }
}
