/** Examples changed at random, with their boxes and words, so that a model sees more than there is. Plain values, no tensors. */
@NullMarked
package io.github.mdetr.nn.augmentation;

import org.jspecify.annotations.NullMarked;
