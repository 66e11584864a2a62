/** Tests of the example programs. */
@NullMarked
package io.github.mdetr.examples.programs;

import org.jspecify.annotations.NullMarked;
