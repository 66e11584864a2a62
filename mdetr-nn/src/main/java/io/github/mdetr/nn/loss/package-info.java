/** What predictions are trained by: each loss usable alone, and the criterion that adds them up. */
@NullMarked
package io.github.mdetr.nn.loss;

import org.jspecify.annotations.NullMarked;
