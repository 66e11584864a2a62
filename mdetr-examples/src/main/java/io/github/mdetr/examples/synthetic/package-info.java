/** A world to learn grounding from: scenes, captions whose words are tied to objects, and files of them. */
@NullMarked
package io.github.mdetr.examples.synthetic;

import org.jspecify.annotations.NullMarked;
