package io.github.mdetr.core.optim;

import io.github.mdetr.core.tensor.FloatSource;
import io.github.mdetr.core.tensor.Shape;

/**
 * A part of an optimizer's state, to be written to a file as float32. Its values are read from the optimizer's memory, as
 * they are when they are read.
 *
 * @param name such as {@code exp_avg.class_embed.weight}
 * @param shape that of the parameter, or of a scalar
 * @param values in row-major order
 */
public record StateTensor(String name, Shape shape, FloatSource values) {}
