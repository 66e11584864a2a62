package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.parallel.Isolated;

/** The choice of the default backend, and what it says about it. */
@Isolated("looks at what is logged")
class BackendsTest {
    private static final BackendProvider FAST = provider("fast", null, null);
    private static final BackendProvider ABSENT = provider("absent", "add org.example:absent", null);
    private static final BackendProvider LUKEWARM = provider("lukewarm", null, "the processor lacks AVX-512");
    private static final BackendProvider PORTABLE = provider("portable", null, null);

    private static BackendProvider provider(String name, String unavailable, String unfavourable) {
        return new BackendProvider() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public int priority() {
                return 0;
            }

            @Override
            public String unavailable() {
                return unavailable;
            }

            @Override
            public String unfavourable() {
                return unfavourable;
            }

            @Override
            public Backend create() {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Chooses; gives what was logged. */
    private static String choosing(String expected, List<BackendProvider> providers, String wanted) {
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            assertEquals(expected, Backends.choose(providers, wanted).name());
        } finally {
            System.setErr(err);
        }
        return log.toString(StandardCharsets.UTF_8).trim();
    }

    private static String refused(List<BackendProvider> providers, String wanted) {
        return assertThrows(IllegalStateException.class, () -> Backends.choose(providers, wanted))
                .getMessage();
    }

    @Test
    void theFirstThatCanRunIsTaken() {
        String log = choosing("fast", List.of(FAST, PORTABLE), "auto");
        assertTrue(log.endsWith("backend fast: the fastest that can run here"), log);
        choosing("fast", List.of(FAST, PORTABLE), " ");
    }

    @Test
    void whatWasPassedOverIsLoggedWithItsReason() {
        String log = choosing("portable", List.of(ABSENT, LUKEWARM, PORTABLE), "auto");
        assertTrue(
                log.endsWith("backend portable: the fastest that can run here (absent: add org.example:absent;"
                        + " lukewarm: the processor lacks AVX-512)"),
                log);
    }

    @Test
    void anUnfavourableOneIsBetterThanNone() {
        String log = choosing("lukewarm", List.of(ABSENT, LUKEWARM), "auto");
        assertTrue(log.contains("backend lukewarm: no other can run (absent: add org.example:absent"), log);
    }

    @Test
    void thePropertyDecides() {
        String log = choosing("portable", List.of(FAST, PORTABLE), " Portable ");
        assertTrue(log.endsWith("backend portable: asked for by -Dmdetr.backend"), log);
        choosing("lukewarm", List.of(FAST, LUKEWARM), "lukewarm");
    }

    @Test
    void whatCannotBeHadIsAnErrorWithItsReason() {
        assertEquals(
                "backend 'cuda' is unknown: expected one of [fast, portable]",
                refused(List.of(FAST, PORTABLE), "cuda"));
        assertEquals("backend 'absent' cannot run: add org.example:absent", refused(List.of(FAST, ABSENT), "absent"));
        assertEquals("no backend can run: absent: add org.example:absent", refused(List.of(ABSENT), "auto"));
    }

    @Test
    void aReasonThatHoldsForSeveralIsToldOnce() {
        BackendProvider other = provider("other", "add org.example:absent", null);
        BackendProvider third = provider("third", "it is of another system", null);
        assertEquals(
                "no backend can run: absent, other: add org.example:absent; third: it is of another system",
                refused(List.of(ABSENT, third, other), "auto"));
    }

    @Test
    void eachIsStartedOnce() {
        for (String name : Backends.available()) {
            Backend b = Backends.get(name);
            assertEquals(name, b.name());
            assertSame(b, Backends.get(name));
            assertTrue(Backends.started().contains(b));
        }
        assertThrows(IllegalStateException.class, () -> Backends.get("nonsense"));
    }

    @Test
    void theReferenceIsTheLastChoice() {
        List<String> names = Backends.available();
        assertEquals("reference", names.get(names.size() - 1));
        assertTrue(Backends.names().containsAll(names));
        assertSame(Backends.get(), Backends.get());
    }

    /** Otherwise the tests that go over all available backends would leave one out without a word. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void bothNativeBackendsRunHere() {
        assertTrue(Backends.available().containsAll(List.of("onednn", "nd4j")), () -> "only " + Backends.available());
    }
}
