package io.github.mdetr.nn.data;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.mdetr.core.testing.Bounded;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Annotations of any bytes: entries or one typed error, in bounded time and memory. */
class AnnotationFuzzTest {
    private static final long FREE_BYTES = 4 << 20;
    private static final int MULTIPLE = 200;

    @MethodSource
    @FuzzTest
    void annotations(byte[] bytes) throws Exception {
        Bounded.call(FREE_BYTES + (long) MULTIPLE * bytes.length, () -> {
            try {
                AnnotationFile.read(new ByteArrayInputStream(bytes), "fuzzed");
            } catch (AnnotationException e) {
                assertFalse(e.getMessage().contains("\n"), e.getMessage());
            }
            return true;
        });
    }

    static Stream<byte[]> annotations() {
        return Stream.of(AnnotationFileTest.EXAMPLE.getBytes(StandardCharsets.UTF_8));
    }
}
