/** The oracle: every kernel once more in plain Java, on the Java heap, summed in double precision. For tests. */
@NullMarked
package io.github.mdetr.core.backend.reference;

import org.jspecify.annotations.NullMarked;
