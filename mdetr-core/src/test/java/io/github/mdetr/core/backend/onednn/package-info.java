/** Tests of the oneDNN backend's own parts. */
@NullMarked
package io.github.mdetr.core.backend.onednn;

import org.jspecify.annotations.NullMarked;
