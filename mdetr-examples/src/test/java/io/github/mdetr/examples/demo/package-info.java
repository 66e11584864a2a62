/** Tests of {@link io.github.mdetr.examples.demo}. */
@NullMarked
package io.github.mdetr.examples.demo;

import org.jspecify.annotations.NullMarked;
