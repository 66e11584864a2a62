/** cli. */
@NullMarked
package io.github.mdetr.examples.cli;

import org.jspecify.annotations.NullMarked;
