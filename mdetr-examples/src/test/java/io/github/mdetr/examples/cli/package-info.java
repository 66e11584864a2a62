/** Tests of the command, run as a user runs it. */
@NullMarked
package io.github.mdetr.examples.cli;

import org.jspecify.annotations.NullMarked;
