package io.github.mdetr.core.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryCapTest {
    @ParameterizedTest
    @CsvSource({"1000,1000", "3k,3072", "512m,536870912", "6G,6442450944", "6gb,6442450944"})
    void reads(String text, long bytes) {
        assertEquals(bytes, MemoryCap.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 KiB",
        "1, 1 KiB",
        "65536, 64 KiB",
        "1048575, 1024 KiB",
        "1048576, 1 MiB",
        "1048577, 2 MiB",
        "10485760, 10 MiB",
        "-1, more than memory can hold",
    })
    void noAmountLooksLikeNone(long bytes, String text) {
        assertEquals(text, MemoryCap.amount(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "6t", "1.5g", "g", "999999999999g"})
    void refuses(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> MemoryCap.parse(text))
                .getMessage();
        assertTrue(message.contains(MemoryCap.PROPERTY) && message.contains("512m"), message);
    }
}
