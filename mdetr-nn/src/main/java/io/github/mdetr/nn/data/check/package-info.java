/** Whether a file of annotations can be trained on: what is wrong with which entry, and what is in it. */
@NullMarked
package io.github.mdetr.nn.data.check;

import org.jspecify.annotations.NullMarked;
