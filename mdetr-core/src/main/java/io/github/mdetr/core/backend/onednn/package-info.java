/** The CPU backend on oneDNN: prepared primitives on pooled off-heap memory. */
@NullMarked
package io.github.mdetr.core.backend.onednn;

import org.jspecify.annotations.NullMarked;
