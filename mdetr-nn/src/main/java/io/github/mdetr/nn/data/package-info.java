/** Annotated images and captions, in the published format. Plain values, no tensors. */
@NullMarked
package io.github.mdetr.nn.data;

import org.jspecify.annotations.NullMarked;
