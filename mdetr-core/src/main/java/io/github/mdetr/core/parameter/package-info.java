/** Named weights: where they come from, and the state they are in. */
@NullMarked
package io.github.mdetr.core.parameter;

import org.jspecify.annotations.NullMarked;
