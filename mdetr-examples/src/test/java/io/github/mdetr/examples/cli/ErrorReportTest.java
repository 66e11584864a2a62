package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ErrorReportTest {
    private static String line(Throwable e) {
        StringWriter err = new StringWriter();
        int code = new ErrorReport(() -> false).report(e, "mdetr x", new PrintWriter(err, true));
        assertEquals(ErrorReport.BAD_INPUT, code);
        assertEquals(1, err.toString().lines().count(), err.toString());
        return err.toString().strip();
    }

    @Test
    void filesAreNamed() {
        assertEquals("mdetr x: a.pth: no such file or folder", line(new NoSuchFileException("a.pth")));
        assertEquals("mdetr x: a.pth: permission denied", line(new AccessDeniedException("a.pth")));
        assertEquals(
                "mdetr x: a.pth: No space left on device",
                line(new FileSystemException("a.pth", null, "No space left on device")));
    }

    @Test
    void wrappersAreTakenOff() {
        IOException inner = new IOException("the disk is gone");
        assertEquals("mdetr x: the disk is gone", line(new CompletionException(new UncheckedIOException(inner))));
    }

    @Test
    void messagesOfOurOwnCodeAreForUsersOthersAreBugs() {
        IllegalArgumentException ours = Assertions.assertThrows(IllegalArgumentException.class, () -> Shape.of(-1));
        assertEquals("mdetr x: " + ours.getMessage(), line(ours));
        assertEquals("mdetr x: 3 GiB asked", line(new OutOfTensorMemoryException("3 GiB asked")));
        IllegalArgumentException others = Assertions.assertThrows(
                IllegalArgumentException.class, () -> List.of(1, 2).subList(1, 0));
        assertTrue(line(others).startsWith("mdetr x: internal error"), line(others));
        assertTrue(line(new NullPointerException("oops")).contains("NullPointerException: oops"));
    }

    @Test
    void aFullHeapSaysHowToEnlargeIt() {
        String line = line(new OutOfMemoryError("Java heap space"));
        assertTrue(line.contains("Java heap") && line.contains("MDETR_JAVA_OPTS=-Xmx"), line);
    }

    @Test
    void linesStaySingleAndPlain() {
        assertEquals("a b", ErrorReport.oneLine(" a\r\n   b\n"));
        assertEquals("a?[31mb", ErrorReport.oneLine("a\u001b[31mb"));
        String longest = ErrorReport.oneLine("x".repeat(10_000));
        assertTrue(longest.length() <= 2001 && longest.endsWith("…"), longest);
    }
}
