/** Optimizers: AdamW and SGD by groups of parameters, schedules, clipping, moving averages, and their state. */
@NullMarked
package io.github.mdetr.core.optim;

import org.jspecify.annotations.NullMarked;
