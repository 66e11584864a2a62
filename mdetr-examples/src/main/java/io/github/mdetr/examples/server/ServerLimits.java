package io.github.mdetr.examples.server;

import java.time.Duration;

/**
 * What the service takes on. Together they bound its memory: so many requests at once, each of so many bytes and pixels.
 *
 * @param maxBytes longest body of a request
 * @param maxPixels largest width·height of an image
 * @param maxPhrases most phrases of a request
 * @param maxWaiting requests that wait beside those at work; the next is told to come later
 * @param timeout longest time to read a request, and to wait for its result
 * @param grace how long requests at work may go on when the service stops
 */
public record ServerLimits(
        int maxBytes, long maxPixels, int maxPhrases, int maxWaiting, Duration timeout, Duration grace) {
    /** Checks that all are positive. */
    public ServerLimits {
        positive("maxBytes", maxBytes);
        positive("maxPixels", maxPixels);
        positive("maxPhrases", maxPhrases);
        positive("maxWaiting", maxWaiting);
        positive("timeout in seconds", timeout.toSeconds());
        positive("grace in seconds", grace.toSeconds());
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected 1 or more, got " + value);
        }
    }

    /** 20 MiB, 25 million pixels, 100 phrases, 8 waiting, a minute, half a minute. */
    public static ServerLimits defaults() {
        return new ServerLimits(20 << 20, 25_000_000, 100, 8, Duration.ofMinutes(1), Duration.ofSeconds(30));
    }
}
