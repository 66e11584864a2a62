package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.backend.Binary;
import io.github.mdetr.core.backend.Unary;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.OneMinus;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;

/** Functions of each element by itself. */
final class ElementwiseKernels {
    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double DENSITY = 1 / Math.sqrt(2 * Math.PI);

    private final Nd4jBackend backend;

    ElementwiseKernels(Nd4jBackend backend) {
        this.backend = backend;
    }

    void unary(Unary f, Tensor x, Tensor out) {
        INDArray a = Views.flat(x);
        INDArray z = Views.flat(out);
        switch (f) {
            case NEG -> Ops.run(new Negative(a, z));
            case EXP -> Ops.run(new Exp(a, z));
            case LOG -> Ops.run(new Log(a, z));
            case SQRT -> Ops.run(new Sqrt(a, z));
            case SQUARE -> Ops.run(new Square(a, z));
            case ABS -> Ops.run(new Abs(a, z));
            case RELU -> Ops.run(new RectifiedLinear(a, z, 0));
            case SIGMOID -> Ops.run(new Sigmoid(a, z));
            case TANH -> Ops.run(new Tanh(a, z));
            case GELU -> { // ND4J's own is the approximation by tanh
                INDArray phi = Views.flat(backend.scratch(x.shape()));
                normalDistribution(a, phi);
                Ops.mul(a, phi, z);
            }
            case SILU -> {
                INDArray s = Views.flat(backend.scratch(x.shape()));
                Ops.run(new Sigmoid(a, s));
                Ops.mul(a, s, z);
            }
        }
    }

    /** Φ(x) = (1 + erf(x/√2))/2. */
    private static void normalDistribution(INDArray x, INDArray out) {
        Ops.scale(x, SQRT_HALF, out);
        Ops.run(new Erf(out, out));
        Ops.shift(out, 1, out);
        Ops.scale(out, 0.5, out);
    }

    /** The function of a fused activation, in place. */
    void activate(Activation f, Tensor t) {
        Unary curve = f.function();
        if (curve != null) {
            unary(curve, t, t);
        }
    }

    void unaryGrad(Unary f, Tensor x, Tensor y, Tensor g, Tensor dx) {
        INDArray a = Views.flat(x);
        INDArray b = Views.flat(y);
        INDArray up = Views.flat(g);
        INDArray d = Views.flat(dx);
        switch (f) {
            case NEG -> Ops.run(new Negative(up, d));
            case EXP -> Ops.mul(b, up, d);
            case LOG -> Ops.div(up, a, d);
            case SQRT -> {
                Ops.div(up, b, d);
                Ops.scale(d, 0.5, d);
            }
            case SQUARE -> {
                Ops.mul(a, up, d);
                Ops.scale(d, 2, d);
            }
            case ABS -> {
                Ops.run(new Sign(a, d));
                Ops.mul(d, up, d);
            }
            case RELU -> {
                Tensor zero = backend.scratch(Shape.of(1));
                MovingKernels.fill(zero, 0);
                Tensor positive = backend.scratch(x.shape());
                binary(Binary.GT, x, zero, positive);
                Ops.keep(Views.flat(positive), up, d);
            }
            case SIGMOID -> {
                Ops.run(new OneMinus(b, d));
                Ops.mul(d, b, d);
                Ops.mul(d, up, d);
            }
            case TANH -> {
                Ops.run(new Square(b, d));
                Ops.run(new OneMinus(d, d));
                Ops.mul(d, up, d);
            }
            case SILU -> { // σ + y·(1 − σ)
                INDArray s = Views.flat(backend.scratch(x.shape()));
                Ops.run(new Sigmoid(a, s));
                Ops.run(new OneMinus(s, d));
                Ops.mul(d, b, d);
                Ops.add(d, s, d);
                Ops.mul(d, up, d);
            }
            case GELU -> { // Φ + x·φ
                INDArray phi = Views.flat(backend.scratch(x.shape()));
                normalDistribution(a, phi);
                Ops.run(new Square(a, d));
                Ops.scale(d, -0.5, d);
                Ops.run(new Exp(d, d));
                Ops.scale(d, DENSITY, d);
                Ops.mul(d, a, d);
                Ops.add(d, phi, d);
                Ops.mul(d, up, d);
            }
        }
    }

    void affine(Tensor x, float scale, float shift, Tensor out) {
        INDArray z = Views.flat(out);
        Ops.scale(Views.flat(x), scale, z);
        if (shift != 0) {
            Ops.shift(z, shift, z);
        }
    }

    void clamp(Tensor x, float low, float high, Tensor out) {
        Ops.clip(Views.flat(x), low, high, Views.flat(out));
    }

    void binary(Binary f, Tensor a, Tensor b, Tensor out) {
        long[][] shapes = merged(out.shape(), a.shape(), b.shape());
        INDArray x = Views.of(a, shapes[1]);
        INDArray y = Views.of(b, shapes[2]);
        INDArray z = Views.of(out, shapes[0]);
        switch (f) {
            case ADD -> Ops.add(x, y, z);
            case SUB -> Ops.sub(x, y, z);
            case MUL -> Ops.mul(x, y, z);
            case DIV -> Ops.div(x, y, z);
            case MIN -> Ops.named("minimum", z, x, y);
            case MAX -> Ops.named("maximum", z, x, y);
            case GT -> compare("greater", x, y, z, out);
            case EQ -> compare("equals", x, y, z, out);
        }
    }

    private void compare(String op, INDArray x, INDArray y, INDArray z, Tensor out) {
        INDArray truth = Views.of(backend.scratch(DType.BOOL, out.shape()), z.shape());
        Ops.named(op, truth, x, y);
        Ops.assign(truth, z);
    }

    /** ND4J's {@code select} takes 0.1 µs an element; two selections against 0 and a sum take a hundredth. */
    void where(Tensor condition, Tensor a, Tensor b, Tensor out) {
        Shape shape = out.shape();
        INDArray flag = Views.of(backend.scratch(shape));
        INDArray chosen = Views.of(backend.scratch(shape));
        INDArray z = Views.of(out);
        Ops.assign(MovingKernels.repeated(condition, shape), flag);
        Ops.keep(flag, whole(a, shape), chosen);
        Ops.run(new OneMinus(flag, flag));
        Ops.keep(flag, whole(b, shape), z);
        Ops.add(z, chosen, z);
    }

    private INDArray whole(Tensor x, Shape shape) {
        if (x.size() == shape.size()) {
            return Views.of(x, Views.longs(shape));
        }
        INDArray full = Views.of(backend.scratch(shape));
        Ops.assign(MovingKernels.repeated(x, shape), full);
        return full;
    }

    /**
     * The shapes of {@code out} and of two inputs that broadcast to it with neighbouring axes merged where both are
     * repeated alike: ND4J's broadcasting is fast on few axes.
     */
    static long[][] merged(Shape out, Shape a, Shape b) {
        List<long[]> axes = new ArrayList<>();
        for (int i = 0; i < out.rank(); i++) {
            long n = out.dim(i);
            if (n == 1) {
                continue;
            }
            long[] axis = {n, extent(a, i - out.rank()), extent(b, i - out.rank())};
            long[] last = axes.isEmpty() ? null : axes.get(axes.size() - 1);
            if (last != null && (last[1] == 1) == (axis[1] == 1) && (last[2] == 1) == (axis[2] == 1)) {
                for (int k = 0; k < 3; k++) {
                    last[k] *= axis[k];
                }
            } else {
                axes.add(axis);
            }
        }
        if (axes.isEmpty()) {
            axes.add(new long[] {1, 1, 1});
        }
        long[][] shapes = new long[3][axes.size()];
        for (int k = 0; k < 3; k++) {
            for (int i = 0; i < axes.size(); i++) {
                shapes[k][i] = axes.get(i)[k];
            }
        }
        return shapes;
    }

    private static long extent(Shape s, int axisFromEnd) {
        return -axisFromEnd > s.rank() ? 1 : s.dim(axisFromEnd);
    }
}
