/** The kernels that operations are made of, behind one interface, and the choice between its implementations. */
@NullMarked
package io.github.mdetr.core.backend;

import org.jspecify.annotations.NullMarked;
