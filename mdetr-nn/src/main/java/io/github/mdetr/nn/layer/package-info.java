/** The building blocks of networks: each holds its parameters by their published names and has one call. */
@NullMarked
package io.github.mdetr.nn.layer;

import org.jspecify.annotations.NullMarked;
