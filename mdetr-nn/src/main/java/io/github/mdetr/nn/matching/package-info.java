/** Which predictions stand for which objects: minimum-cost assignment. */
@NullMarked
package io.github.mdetr.nn.matching;

import org.jspecify.annotations.NullMarked;
