package io.github.mdetr.core.backend;

import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What all backends take and give as {@link INDArray}: floats of every width as float32, integers of every width as int32,
 * booleans as masks. An array of FLOAT, INT or BOOL that is row-major without gaps can be shared, others are copied.
 */
public final class Nd4jArrays {
    private Nd4jArrays() {}

    /**
     * {@code array} itself where it can be shared, else a copy of it that can, whose owner the caller is.
     *
     * @throws IllegalArgumentException when it is empty, of another type, or has integers beyond 32 bits
     */
    public static INDArray shareable(INDArray array) {
        return shareable(array, DataType.FLOAT);
    }

    /** The same for a backend that holds its floats as {@code floats}. */
    public static INDArray shareable(INDArray array, DataType floats) {
        if (array.isEmpty()) {
            throw new IllegalArgumentException("tensor of an INDArray: the array is empty");
        }
        DataType type = array.dataType().isFPType() ? floats : type(dtype(array));
        if (array.dataType() != type) {
            checkRange(array);
            INDArray cast = array.castTo(type);
            return isRowMajor(cast) ? cast : cast.dup('c');
        }
        return isRowMajor(array) ? array : array.dup('c');
    }

    private static void checkRange(INDArray array) {
        boolean wide = array.dataType() == DataType.INT64
                || array.dataType() == DataType.UINT32
                || array.dataType() == DataType.UINT64;
        if (wide
                && (array.maxNumber().doubleValue() > Integer.MAX_VALUE
                        || array.minNumber().doubleValue() < Integer.MIN_VALUE)) {
            throw new IllegalArgumentException("tensor of an INDArray: the integers of a " + array.dataType()
                    + " array must fit 32 bits, found " + array.minNumber() + " to " + array.maxNumber());
        }
    }

    /** Strides of axes with one element say nothing. */
    private static boolean isRowMajor(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }

    /** The element type that a tensor of {@code array} has. */
    public static DType dtype(INDArray array) {
        DataType t = array.dataType();
        if (t.isFPType()) {
            return DType.FLOAT32;
        }
        if (t == DataType.BOOL) {
            return DType.BOOL;
        }
        if (t.isIntType()) {
            return DType.INT32;
        }
        throw new IllegalArgumentException(
                "tensor of an INDArray: expected a float, integer or boolean array, got " + t);
    }

    /** ND4J's name of an element type. */
    public static DataType type(DType t) {
        return switch (t) {
            case FLOAT32 -> DataType.FLOAT;
            case BFLOAT16 -> DataType.BFLOAT16;
            case FLOAT16 -> DataType.FLOAT16;
            case INT32 -> DataType.INT32;
            case BOOL -> DataType.BOOL;
        };
    }

    /** The extents of {@code array}. */
    public static Shape shape(INDArray array) {
        return Shape.of(Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray());
    }

    /**
     * Checks that {@code t} has an array.
     *
     * @throws IllegalArgumentException when it is empty, or of a type that ND4J does not compute in
     */
    public static void checkGiven(Tensor t) {
        if (t.size() == 0) {
            throw new IllegalArgumentException("INDArray of a tensor: " + t + " is empty, and ND4J has no such arrays");
        }
        if (t.dtype() == DType.BFLOAT16 || t.dtype() == DType.FLOAT16) {
            throw new IllegalArgumentException(
                    "INDArray of a tensor: expected FLOAT32, INT32 or BOOL, got " + t + "; convert it with toFloat32");
        }
    }
}
