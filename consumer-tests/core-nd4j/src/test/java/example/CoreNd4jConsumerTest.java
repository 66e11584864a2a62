package example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.autograd.Gradients;
import io.github.mdetr.core.autograd.Tape;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** Tensors, gradients and ND4J arrays with nd4j-native, which this project brings itself, and no oneDNN. */
class CoreNd4jConsumerTest {
    @Test
    void computesWithGradients() {
        try (Scope scope = Scope.open();
                Tape tape = Tape.record()) {
            Tensor a = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            tape.watch(a);
            Tensor b = Tensor.of(new float[] {5, 6, 7, 8}, 2, 2);
            Tensor sum = Reductions.sum(Products.matmul(a, b));
            assertEquals(134, sum.item());
            try (Gradients g = tape.backward(sum)) {
                assertArrayEquals(new float[] {11, 15, 11, 15}, g.of(a).toFloats());
            }
        }
        assertEquals("nd4j", Device.current().name());
    }

    @Test
    void takesArraysOfNd4j() {
        try (Scope scope = Scope.open()) {
            Tensor t = Tensor.of(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
            assertArrayEquals(new float[] {1, 2, 3, 4}, t.toFloats());
        }
    }

    @Test
    void oldLibrariesOfNd4jGiveWayToNewOnes() {
        assertTrue(jar(com.sun.jna.Native.class).contains("jna-5.17"), jar(com.sun.jna.Native.class));
        assertTrue(jar(org.slf4j.Logger.class).contains("slf4j-api-2.0"), jar(org.slf4j.Logger.class));
        assertTrue(jar(org.bytedeco.javacpp.Loader.class).contains("javacpp-1.5.13"));
    }

    private static String jar(Class<?> c) {
        return c.getProtectionDomain().getCodeSource().getLocation().toString();
    }
}
