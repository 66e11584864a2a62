/** New scenes, what a model finds in them, and a report that shows it. */
@NullMarked
package io.github.mdetr.examples.demo;

import org.jspecify.annotations.NullMarked;
