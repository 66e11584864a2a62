package io.github.mdetr.examples.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code serve}; the service itself is tested beside it. */
class ServeCommandTest {
    @ParameterizedTest
    @CsvSource({
        "--max-bytes, 0, 1 to 1073741824",
        "--max-bytes, 2147483647, 1 to 1073741824",
        "--max-pixels, 715827883, 1 to 715827882",
        "--max-pixels, -5, 1 to 715827882",
        "--max-waiting, 1001, 1 to 1000",
        "--timeout, 86401, 1 to 86400",
        "--timeout, 0, 1 to 86400",
        "--port, 65536, 0 to 65535",
        "--port, -1, 0 to 65535"
    })
    void limitsHaveBounds(String option, String value, String expected) {
        String refusal =
                Run.mdetr("serve", "--weights", "absent.pth", option, value).refusal();
        assertTrue(refusal.contains(option + ": expected " + expected + ", got " + value), refusal);
    }
}
