/** The kernel contract: every kernel of every backend against the reference at awkward sizes. */
@NullMarked
package io.github.mdetr.core.backend.contract;

import org.jspecify.annotations.NullMarked;
