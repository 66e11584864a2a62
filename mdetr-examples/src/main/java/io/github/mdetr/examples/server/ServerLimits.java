package io.github.mdetr.examples.server;

import java.time.Duration;

/**
 * What the service takes on. Together they bound its memory: so many connections, so many bytes of requests, so many requests at
 * once, each of so many bytes and pixels.
 *
 * @param maxBytes longest body of a request
 * @param maxPixels largest width·height of an image
 * @param maxPhrases most phrases of a request
 * @param maxWaiting requests that wait next to those at work; the next is refused
 * @param maxConnections most open connections; a newcomer takes the place of the one that has been incomplete for longest
 * @param maxBuffered most bytes of all requests that are being read or wait
 * @param headerTimeout longest time to send the head of a request; a silence half as long again ends a body
 * @param timeout longest time to read a request, and to wait for its result
 * @param grace how long the service may take to stop; requests at work are given up when a sixth of it is left
 */
public record ServerLimits(
        int maxBytes,
        long maxPixels,
        int maxPhrases,
        int maxWaiting,
        int maxConnections,
        long maxBuffered,
        Duration headerTimeout,
        Duration timeout,
        Duration grace) {
    private static final ServerLimits DEFAULTS = new ServerLimits(
            20 << 20,
            25_000_000,
            100,
            8,
            512,
            128L << 20,
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofSeconds(25));

    /** Checks that all are positive, and that the longest request finds room. */
    public ServerLimits {
        positive("maxBytes", maxBytes);
        positive("maxPixels", maxPixels);
        positive("maxPhrases", maxPhrases);
        positive("maxWaiting", maxWaiting);
        positive("maxConnections", maxConnections);
        positive("headerTimeout in milliseconds", headerTimeout.toMillis());
        positive("timeout in milliseconds", timeout.toMillis());
        positive("grace in milliseconds", grace.toMillis());
        if (maxBuffered < maxBytes) {
            throw new IllegalArgumentException(
                    "maxBuffered: expected at least maxBytes, " + maxBytes + ", got " + maxBuffered);
        }
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected 1 or more, got " + value);
        }
    }

    /**
     * 20 MiB, 25 million pixels, 100 phrases, 8 waiting, 512 connections with 128 MiB together, 10 seconds for a head, a minute
     * for a body and for a result, 25 seconds to stop.
     */
    public static ServerLimits defaults() {
        return DEFAULTS;
    }

    /** These limits with another length of requests, and room for two of them at least. */
    public ServerLimits withMaxBytes(int value) {
        return new ServerLimits(
                value,
                maxPixels,
                maxPhrases,
                maxWaiting,
                maxConnections,
                Math.max(maxBuffered, 2L * value),
                headerTimeout,
                timeout,
                grace);
    }

    /** These limits with another size of images. */
    public ServerLimits withMaxPixels(long value) {
        return new ServerLimits(
                maxBytes, value, maxPhrases, maxWaiting, maxConnections, maxBuffered, headerTimeout, timeout, grace);
    }

    /** These limits with another number of phrases. */
    public ServerLimits withMaxPhrases(int value) {
        return new ServerLimits(
                maxBytes, maxPixels, value, maxWaiting, maxConnections, maxBuffered, headerTimeout, timeout, grace);
    }

    /** These limits with another number of requests that wait. */
    public ServerLimits withMaxWaiting(int value) {
        return new ServerLimits(
                maxBytes, maxPixels, maxPhrases, value, maxConnections, maxBuffered, headerTimeout, timeout, grace);
    }

    /** These limits with other bounds on connections and on what they hold. */
    public ServerLimits withConnections(int connections, long buffered) {
        return new ServerLimits(
                maxBytes, maxPixels, maxPhrases, maxWaiting, connections, buffered, headerTimeout, timeout, grace);
    }

    /** These limits with another time for the head of a request. */
    public ServerLimits withHeaderTimeout(Duration value) {
        return new ServerLimits(
                maxBytes, maxPixels, maxPhrases, maxWaiting, maxConnections, maxBuffered, value, timeout, grace);
    }

    /** These limits with another time for a request and its result. */
    public ServerLimits withTimeout(Duration value) {
        return new ServerLimits(
                maxBytes, maxPixels, maxPhrases, maxWaiting, maxConnections, maxBuffered, headerTimeout, value, grace);
    }

    /** These limits with another time to stop. */
    public ServerLimits withGrace(Duration value) {
        return new ServerLimits(
                maxBytes,
                maxPixels,
                maxPhrases,
                maxWaiting,
                maxConnections,
                maxBuffered,
                headerTimeout,
                timeout,
                value);
    }
}
