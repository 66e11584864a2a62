package io.github.mdetr.nn.backbone;

import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.parameter.Init;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.image.ImagePadding;
import io.github.mdetr.nn.layer.Embedding;
import java.util.List;

/**
 * Learned positions: a vector of D/2 for each of 50 columns and of 50 rows, the column's first. Parameters
 * {@code row_embed.weight} and {@code col_embed.weight} [50, D/2].
 */
public final class LearnedPositions implements PositionEmbedding {
    /** Rows and columns there are positions for. */
    public static final int EXTENT = 50;

    private final Embedding row;
    private final Embedding column;
    private final int half;

    /** {@code width} D features, half of them for each axis. */
    public LearnedPositions(Parameters.Path path, int width) {
        half = width / 2;
        Init unit = (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble();
            }
        };
        row = new Embedding(path.child("row_embed"), EXTENT, half, unit);
        column = new Embedding(path.child("col_embed"), EXTENT, half, unit);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException when the feature map has more than 50 rows or columns
     */
    @Override
    public Tensor forward(ImagePadding padding, int rows, int columns) {
        if (rows > EXTENT || columns > EXTENT) {
            throw new IllegalArgumentException("learned positions: the feature map has " + rows + "×" + columns
                    + " pixels, positions are learned for " + EXTENT + "×" + EXTENT + " at most; use smaller images");
        }
        try (Scope scope = Scope.open()) {
            Shape shape = Shape.of(padding.count(), rows, columns, half);
            Tensor x = Shapes.reshape(Shapes.slice(column.table(), 0, 0, columns), 1, 1, columns, half);
            Tensor y = Shapes.reshape(Shapes.slice(row.table(), 0, 0, rows), 1, rows, 1, half);
            Tensor both = Shapes.concat(List.of(Shapes.broadcastTo(x, shape), Shapes.broadcastTo(y, shape)), -1);
            return scope.keep(Shapes.reshape(both, padding.count(), rows * columns, 2 * half));
        }
    }
}
