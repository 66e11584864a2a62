/** Pictures for people: detections drawn on the image. */
@NullMarked
package io.github.mdetr.examples.visualization;

import org.jspecify.annotations.NullMarked;
