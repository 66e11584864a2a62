/** The portable backend: every kernel made of ND4J's own operations, so that it runs wherever ND4J does. */
@NullMarked
package io.github.mdetr.core.backend.nd4j;

import org.jspecify.annotations.NullMarked;
