/** Short programs to read and to begin from, each a {@code main} that stands alone. */
@NullMarked
package io.github.mdetr.examples.programs;

import org.jspecify.annotations.NullMarked;
