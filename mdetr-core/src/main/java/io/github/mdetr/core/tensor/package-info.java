/** Tensors: a shape, a data type and a block of memory that a device owns; scopes free them. */
@NullMarked
package io.github.mdetr.core.tensor;

import org.jspecify.annotations.NullMarked;
