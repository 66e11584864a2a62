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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cannot reserve 262144 bytes of direct buffer memory (allocated: 8192, limit: 65536) | out of direct memory |"
                        + " -XX:MaxDirectMemorySize=1g",
                "Direct buffer memory | out of direct memory | -XX:MaxDirectMemorySize=1g",
                "Metaspace | out of metaspace | -XX:MaxMetaspaceSize",
                "Compressed class space | out of class space | -XX:CompressedClassSpaceSize",
                "unable to create native thread: possibly out of memory or process/resource limits reached | no thread can be"
                        + " started | ulimit -u",
                "Map failed | a file cannot be mapped | vm.max_map_count",
                "Requested array size exceeds VM limit | larger than any Java array | a smaller input",
                "GC overhead limit exceeded | on the Java heap of | -Xmx4g",
                "Physical memory usage is too high: physicalBytes (9G) > maxPhysicalBytes (8G) | out of native memory |"
                        + " -Dorg.bytedeco.javacpp.maxPhysicalBytes",
            })
    void otherMemoryIsNamedWithItsOption(String message, String memory, String option) {
        String line = line(new OutOfMemoryError(message));
        assertTrue(line.contains(memory) && line.contains(option) && line.contains(message), line);
        assertEquals(memory.contains("heap"), line.contains("Java heap"), line);
    }

    @Test
    void linesStaySingleAndPlain() {
        assertEquals("a b", ErrorReport.oneLine(" a\r\n   b\n"));
        assertEquals("a?[31mb", ErrorReport.oneLine("a\u001b[31mb"));
        String longest = ErrorReport.oneLine("x".repeat(10_000));
        assertTrue(longest.length() <= 2001 && longest.endsWith("…"), longest);
    }
}
