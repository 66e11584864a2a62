/** What the tests of this and the dependent modules share: every backend in turn, and a watch for leaked tensors. */
@NullMarked
package io.github.mdetr.core.testing;

import org.jspecify.annotations.NullMarked;
