/** Tests of the service. */
@NullMarked
package io.github.mdetr.examples.server;

import org.jspecify.annotations.NullMarked;
