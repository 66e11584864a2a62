package io.github.mdetr.examples.cli;

/** What to do about an image that cannot be read. */
enum BadImages {
    /** End with a line that names it. */
    STOP,
    /** Pass it over and list it; end when these are more than 1 %. */
    SKIP
}
