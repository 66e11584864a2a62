package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OpenMpTest {
    @AfterEach
    void unset() {
        System.clearProperty(OpenMp.PROPERTY);
    }

    @Test
    void threadsOfTheNativeThreadFollowTheProperty() {
        Assumptions.assumeTrue(Backends.available().contains("onednn"), "oneDNN cannot run here");
        Backends.get("onednn"); // loads its OpenMP
        int before = OpenMp.threads();
        try {
            for (int n : new int[] {1, 3}) {
                System.setProperty(OpenMp.PROPERTY, Integer.toString(n));
                OpenMp.configure();
                assertEquals(n, OpenMp.threads());
            }
        } finally {
            System.setProperty(OpenMp.PROPERTY, Integer.toString(before));
            OpenMp.configure();
        }
        System.clearProperty(OpenMp.PROPERTY);
        OpenMp.configure();
        assertEquals(before, OpenMp.threads(), "nothing asked for changes nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "2.5", "two", "4097", "99999999999"})
    void whatIsNoNumberOfThreadsIsRefused(String text) {
        System.setProperty(OpenMp.PROPERTY, text);
        var e = assertThrows(IllegalArgumentException.class, OpenMp::configure);
        assertEquals("-Dmdetr.threads=" + text + ": expected a number of threads from 1 to 4096", e.getMessage());
    }

    @Test
    void runtimesAreToldByTheirFileNames() {
        for (String name : new String[] {
            "libgomp.so.1",
            "libomp.dylib",
            "libiomp5.so",
            "libiomp5md.dll",
            "vcomp140.dll",
            "libgomp-1.dll",
            "libomp.so.5"
        }) {
            assertTrue(OpenMp.isRuntime(name), name);
        }
        for (String name : new String[] {"libdnnl.so.3", "libompt.so", "libgompx.so", "libcompute.so"}) {
            assertFalse(OpenMp.isRuntime(name), name);
        }
    }
}
