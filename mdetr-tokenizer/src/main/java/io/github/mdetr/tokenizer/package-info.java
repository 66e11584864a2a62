/** Byte-level BPE tokenization with character offsets. */
@NullMarked
package io.github.mdetr.tokenizer;

import org.jspecify.annotations.NullMarked;
