/** The {@code mdetr} command: its subcommands, and how results and errors are written. */
@NullMarked
package io.github.mdetr.examples.cli;

import org.jspecify.annotations.NullMarked;
