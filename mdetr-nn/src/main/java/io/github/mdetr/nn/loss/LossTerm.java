package io.github.mdetr.nn.loss;

/**
 * One number of a criterion.
 *
 * @param name its published name, such as {@code loss_bbox} or, of the decoder's third layer, {@code loss_bbox_2}
 * @param value unweighted
 * @param weight its share in the total; 0 for what is only told, such as {@code cardinality_error}
 */
public record LossTerm(String name, float value, float weight) {}
