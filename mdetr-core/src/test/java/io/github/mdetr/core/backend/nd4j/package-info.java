/** Tests of the ND4J backend. */
@NullMarked
package io.github.mdetr.core.backend.nd4j;

import org.jspecify.annotations.NullMarked;
