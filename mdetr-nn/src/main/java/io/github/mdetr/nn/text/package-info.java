/** RoBERTa: captions, as token ids, to a feature vector for each token. */
@NullMarked
package io.github.mdetr.nn.text;

import org.jspecify.annotations.NullMarked;
