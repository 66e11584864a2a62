/** The transformer that joins image and text: cross encoder, decoder and the text's resizer. */
@NullMarked
package io.github.mdetr.nn.transformer;

import org.jspecify.annotations.NullMarked;
