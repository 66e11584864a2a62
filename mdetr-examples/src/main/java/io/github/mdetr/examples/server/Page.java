package io.github.mdetr.examples.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page: a document, its style and its script, from the jar. */
final class Page {
    /** Nothing from elsewhere, and pictures that the page itself was given. */
    static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:;"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** A file of it. */
    record Part(String type, String text) {}

    private final Map<String, Part> parts;

    private Page(Map<String, Part> parts) {
        this.parts = parts;
    }

    static Page read() {
        return new Page(Map.of(
                "/", part("index.html", "text/html"),
                "/page.css", part("page.css", "text/css"),
                "/page.js", part("page.js", "text/javascript")));
    }

    private static Part part(String name, String type) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing; build the jar again");
            }
            return new Part(type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What lies at a path. */
    @Nullable
    Part part(String path) {
        return parts.get(path);
    }
}
