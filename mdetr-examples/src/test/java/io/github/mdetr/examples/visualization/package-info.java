/** Tests of drawing. */
@NullMarked
package io.github.mdetr.examples.visualization;

import org.jspecify.annotations.NullMarked;
