/** Images as plain arrays: reading JPEG and PNG to PIL's pixel values, PIL's resize, normalization and padded batches. */
@NullMarked
package io.github.mdetr.nn.image;

import org.jspecify.annotations.NullMarked;
