package io.github.mdetr.nn.backbone;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.parameter.Mode;
import io.github.mdetr.core.parameter.Parameters;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.nn.GoldenCases;
import io.github.mdetr.nn.parity.Formula;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BackboneTest {
    static Stream<Arguments> networks() {
        return GoldenCases.backends()
                .flatMap(backend -> Stream.of(
                        Arguments.of(backend, BackboneType.RESNET18, new int[] {64, 128, 256, 512}),
                        Arguments.of(backend, BackboneType.RESNET18_HALF, new int[] {32, 64, 128, 256}),
                        Arguments.of(backend, BackboneType.EFFICIENTNET_B3, new int[] {32, 48, 136, 384})));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void thePyramidEndsInTheLastMapAndLeavesTheOthersWhole(String backend, BackboneType type, int[] channels) {
        GoldenCases.on(backend, () -> {
            for (Mode mode : Mode.values()) {
                try (Scope scope = Scope.open();
                        Parameters parameters = Parameters.fresh(7, mode)) {
                    Backbone net = type.create(parameters.root(), false);
                    float[] pixels = new float[2 * 45 * 70 * 3];
                    Formula.fill("pixels", 0, 2, 0, FloatBuffer.wrap(pixels));
                    Tensor images = Tensor.of(pixels, 2, 45, 70, 3);
                    FeatureMaps maps = net.pyramid(images);
                    assertArrayEquals(pixels, images.toFloats());
                    assertArrayEquals(
                            net.forward(images).toFloats(), maps.last().toFloats());
                    assertArrayEquals(channels, net.channels());
                    for (int i = 0; i < 4; i++) {
                        int stride = 4 << i;
                        Shape shape = Shape.of(2, (45 + stride - 1) / stride, (70 + stride - 1) / stride, channels[i]);
                        assertEquals(shape, maps.levels().get(i).shape());
                        Tensor again = net.pyramid(images).levels().get(i);
                        assertArrayEquals(again.toFloats(), maps.levels().get(i).toFloats());
                    }
                }
            }
        });
    }

    @Test
    void efficientNetB5IsWider() {
        assertEquals(512, BackboneType.EFFICIENTNET_B5.channels());
        GoldenCases.on("reference", () -> {
            try (Parameters parameters = Parameters.fresh(7, Mode.TRAINING)) {
                Backbone net = BackboneType.EFFICIENTNET_B5.create(parameters.root(), false);
                assertArrayEquals(new int[] {40, 64, 176, 512}, net.channels());
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"RESNET18", "EFFICIENTNET_B3"})
    void closingThePyramidGivesItsMapsBack(BackboneType type) {
        GoldenCases.on("reference", () -> {
            try (Parameters parameters = Parameters.fresh(7, Mode.INFERENCE);
                    Tensor images = Tensor.zeros(1, 32, 32, 3)) {
                Backbone net = type.create(parameters.root(), false);
                long before = images.device().memory().live();
                FeatureMaps maps = net.pyramid(images);
                assertTrue(images.device().memory().live() > before);
                maps.close();
                assertEquals(before, images.device().memory().live());
            }
        });
    }
}
