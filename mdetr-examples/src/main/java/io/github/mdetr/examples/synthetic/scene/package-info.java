/** What is in a synthetic scene: objects with attributes on a floor, seen by a camera, and which pixels show them. */
@NullMarked
package io.github.mdetr.examples.synthetic.scene;

import org.jspecify.annotations.NullMarked;
