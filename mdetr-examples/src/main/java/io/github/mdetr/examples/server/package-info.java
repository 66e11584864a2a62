/** Grounding over HTTP: a page to try it, and {@code POST /detect}. */
@NullMarked
package io.github.mdetr.examples.server;

import org.jspecify.annotations.NullMarked;
