/** Results as JSON. */
@NullMarked
package io.github.mdetr.examples.json;

import org.jspecify.annotations.NullMarked;
