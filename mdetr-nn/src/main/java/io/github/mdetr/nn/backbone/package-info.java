/** Convolutional networks that turn images into feature maps, and the positions of what they see. */
@NullMarked
package io.github.mdetr.nn.backbone;

import org.jspecify.annotations.NullMarked;
