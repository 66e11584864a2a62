package io.github.mdetr.nn.data;

/** A value of another form than expected; the reader of the field decides what that means. Costs no stack trace. */
final class OddValueException extends Exception {
    private static final long serialVersionUID = 1L;

    OddValueException(String expected, String got) {
        super("expected " + expected + ", got " + got, null, false, false);
    }
}
