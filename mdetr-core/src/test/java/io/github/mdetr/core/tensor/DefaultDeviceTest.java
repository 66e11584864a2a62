package io.github.mdetr.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mdetr.core.testing.FreshJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A choice that fails says why, each time it is asked for: in a process of its own, where nothing was chosen yet. */
class DefaultDeviceTest {
    /** Asks for the default device twice and prints what came. */
    static final class Asker {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try {
                    System.out.println(Device.current());
                } catch (Throwable e) {
                    System.out.println(e);
                }
            }
        }
    }

    @Test
    void anUnknownBackendIsToldEachTime() throws Exception {
        List<String> lines = FreshJvm.run(Asker.class, Duration.ofSeconds(60), "-Dmdetr.backend=abacus");
        String expected = "java.lang.IllegalStateException: backend 'abacus' is unknown: expected one of [";
        assertEquals(
                List.of(expected, expected),
                lines.stream()
                        .map(l -> l.substring(0, Math.min(l.length(), expected.length())))
                        .toList());
    }
}
