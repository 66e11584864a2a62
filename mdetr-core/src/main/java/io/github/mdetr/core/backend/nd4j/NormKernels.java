package io.github.mdetr.core.backend.nd4j;

import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarReverseDivision;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;

/** Layer and group normalization, of sums and broadcasts: ND4J's layer norm throws. */
final class NormKernels {
    private final Nd4jBackend backend;
    private final ReductionKernels reductions;

    NormKernels(Nd4jBackend backend, ReductionKernels reductions) {
        this.backend = backend;
        this.reductions = reductions;
    }

    void layerNorm(
            Tensor x,
            @Nullable Tensor residual,
            Tensor gamma,
            Tensor beta,
            float eps,
            Tensor out,
            @Nullable Tensor sum,
            @Nullable Tensor statistics) {
        long n = x.dim(0);
        long d = x.dim(1);
        Tensor z = x;
        if (residual != null) {
            z = sum != null ? sum : out;
            Ops.add(Views.flat(x), Views.flat(residual), Views.flat(z));
        } else if (sum != null) {
            MovingKernels.copy(x, sum);
        }
        Tensor figures = statistics != null ? statistics : backend.scratch(Shape.of(2, x.dim(0)));
        INDArray mean = Views.flat(figures.rows(0, 1));
        reductions.sum(z, n, d, 1, figures.rows(0, 1));
        Ops.scale(mean, 1.0 / d, mean);
        INDArray y = Views.of(out);
        Ops.sub(Views.of(z), Views.of(figures, n, 1), y);
        Tensor square = backend.scratch(x.shape());
        Ops.run(new Square(Views.flat(out), Views.flat(square)));
        reductions.sum(square, n, d, 1, figures.rows(1, 1));
        inverseDeviation(figures.rows(1, 1), d, eps);
        Ops.mul(y, Views.of(figures.rows(1, 1), n, 1), y);
        Ops.mul(y, Views.of(gamma, 1, d), y);
        Ops.add(y, Views.of(beta, 1, d), y);
    }

    /** 1/√(sum/count + eps), in place. */
    private static void inverseDeviation(Tensor sums, long count, float eps) {
        INDArray v = Views.flat(sums);
        Ops.scale(v, 1.0 / count, v);
        Ops.shift(v, eps, v);
        Ops.run(new Sqrt(v, v));
        Ops.run(new ScalarReverseDivision(v, null, v, 1f));
    }

    void layerNormGrad(Tensor z, Tensor gamma, Tensor statistics, Tensor g, Tensor dz, Tensor dgamma, Tensor dbeta) {
        long n = z.dim(0);
        long d = z.dim(1);
        INDArray inverse = Views.of(statistics.rows(1, 1), n, 1);
        Tensor normal = backend.scratch(z.shape());
        INDArray unit = Views.of(normal);
        Ops.sub(Views.of(z), Views.of(statistics, n, 1), unit);
        Ops.mul(unit, inverse, unit);
        gammaAndBetaGrad(g, normal, n, d, dgamma, dbeta);

        INDArray down = Views.of(dz);
        Ops.mul(Views.of(g), Views.of(gamma, 1, d), down);
        Tensor mean = backend.scratch(Shape.of(z.dim(0)));
        Tensor product = backend.scratch(z.shape());
        Ops.mul(Views.flat(dz), Views.flat(normal), Views.flat(product));
        reductions.sum(product, n, d, 1, mean);
        Ops.scale(Views.flat(mean), 1.0 / d, Views.flat(mean));
        Ops.mul(unit, Views.of(mean, n, 1), unit);
        reductions.sum(dz, n, d, 1, mean);
        Ops.scale(Views.flat(mean), 1.0 / d, Views.flat(mean));
        Ops.sub(down, Views.of(mean, n, 1), down);
        Ops.sub(Views.flat(dz), Views.flat(normal), Views.flat(dz));
        Ops.mul(down, inverse, down);
    }

    private void gammaAndBetaGrad(Tensor g, Tensor normal, long n, long d, Tensor dgamma, Tensor dbeta) {
        reductions.sum(g, 1, n, d, dbeta);
        Tensor product = backend.scratch(g.shape());
        Ops.mul(Views.flat(g), Views.flat(normal), Views.flat(product));
        reductions.sum(product, 1, n, d, dgamma);
    }

    // ---- groups: images [B, H, W, C] as [B, H·W, groups, C / groups], statistics as [B, 1, groups, 1] ----

    void groupNorm(Tensor x, int groups, Tensor gamma, Tensor beta, float eps, Tensor out, Tensor statistics) {
        Groups s = Groups.of(x, groups);
        Tensor mean = statistics.rows(0, 1);
        Tensor inverse = statistics.rows(1, 1);
        groupSums(x, s, mean);
        Ops.scale(Views.flat(mean), 1.0 / s.count(), Views.flat(mean));
        INDArray y = s.image(out);
        Ops.sub(s.image(x), s.each(mean), y);
        Tensor square = backend.scratch(x.shape());
        Ops.run(new Square(Views.flat(out), Views.flat(square)));
        groupSums(square, s, inverse);
        inverseDeviation(inverse, s.count(), eps);
        Ops.mul(y, s.each(inverse), y);
        INDArray pixels = s.pixels(out);
        Ops.mul(pixels, Views.of(gamma, 1, s.channels()), pixels);
        Ops.add(pixels, Views.of(beta, 1, s.channels()), pixels);
    }

    void groupNormGrad(
            Tensor x, int groups, Tensor gamma, Tensor statistics, Tensor g, Tensor dx, Tensor dgamma, Tensor dbeta) {
        Groups s = Groups.of(x, groups);
        Tensor inverse = statistics.rows(1, 1);
        Tensor normal = backend.scratch(x.shape());
        INDArray unit = s.image(normal);
        Ops.sub(s.image(x), s.each(statistics.rows(0, 1)), unit);
        Ops.mul(unit, s.each(inverse), unit);
        gammaAndBetaGrad(g, normal, s.batch * s.area, s.channels(), dgamma, dbeta);

        INDArray down = s.image(dx);
        Ops.mul(s.pixels(g), Views.of(gamma, 1, s.channels()), s.pixels(dx));
        Tensor mean = backend.scratch(Shape.of(x.dim(0), groups));
        Tensor product = backend.scratch(x.shape());
        Ops.mul(Views.flat(dx), Views.flat(normal), Views.flat(product));
        groupSums(product, s, mean);
        Ops.scale(Views.flat(mean), 1.0 / s.count(), Views.flat(mean));
        Ops.mul(unit, s.each(mean), unit);
        groupSums(dx, s, mean);
        Ops.scale(Views.flat(mean), 1.0 / s.count(), Views.flat(mean));
        Ops.sub(down, s.each(mean), down);
        Ops.sub(Views.flat(dx), Views.flat(normal), Views.flat(dx));
        Ops.mul(down, s.each(inverse), down);
    }

    /** Sums of each image within each group of channels. */
    private void groupSums(Tensor x, Groups s, Tensor out) {
        Tensor byChannel = backend.scratch(Shape.of(x.dim(0), x.dim(3)));
        reductions.sum(x, s.batch, s.area, s.channels(), byChannel);
        reductions.sum(byChannel, s.batch * s.groups, s.width, 1, out);
    }

    private record Groups(long batch, long area, long groups, long width) {
        static Groups of(Tensor x, int groups) {
            return new Groups(x.dim(0), (long) x.dim(1) * x.dim(2), groups, x.dim(3) / groups);
        }

        long channels() {
            return groups * width;
        }

        long count() {
            return area * width;
        }

        INDArray image(Tensor t) {
            return Views.of(t, batch, area, groups, width);
        }

        INDArray pixels(Tensor t) {
            return Views.of(t, batch * area, channels());
        }

        INDArray each(Tensor statistic) {
            return Views.of(statistic, batch, 1, groups, 1);
        }
    }
}
