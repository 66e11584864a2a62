/** Draws scenes: light, shadow and reflection, pixel by pixel. */
@NullMarked
package io.github.mdetr.examples.synthetic.render;

import org.jspecify.annotations.NullMarked;
