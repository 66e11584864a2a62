package io.github.mdetr.core.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.reference.ReferenceBackend;
import io.github.mdetr.core.op.Elementwise;
import io.github.mdetr.core.op.Products;
import io.github.mdetr.core.op.Reductions;
import io.github.mdetr.core.op.Shapes;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Shape;
import io.github.mdetr.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walk: what it gives, and what it holds while it goes. */
class TapeTest {
    private final ReferenceBackend backend = new ReferenceBackend();

    /** Runs on a backend of its own, which must hold nothing afterwards. */
    private void alone(Runnable work) {
        Context.with(backend, () -> {
            work.run();
            return true;
        });
        assertEquals(0, backend.memory().blocks(), "blocks left open");
        assertNull(Tape.current());
    }

    private static Tensor x() {
        return Tensor.of(new float[] {1, 2, 3});
    }

    private static float[] gradient(Gradients g, Tensor leaf) {
        return g.of(leaf).toFloats();
    }

    @Test
    void gradientsOfAllUsesAddUp() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor y = Elementwise.add(Elementwise.mul(x, x), Elementwise.add(x, x)); // x² + 2x
                try (Gradients g = tape.backward(Reductions.sum(y))) {
                    assertArrayEquals(new float[] {4, 6, 8}, gradient(g, x));
                    assertEquals(1, g.size());
                }
            }
        });
    }

    /** An addition hands the same gradient to both sides: adding to one must not change the other. */
    @Test
    void sharedGradientsAreNotOverwritten() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor a = x();
                Tensor b = x();
                tape.watch(a);
                tape.watch(b);
                Tensor both = Elementwise.add(a, b);
                Tensor more = Elementwise.add(Elementwise.scale(a, 10), Elementwise.add(both, a));
                Tensor again = Elementwise.add(more, Elementwise.scale(b, 100));
                try (Gradients g = tape.backward(Reductions.sum(again))) {
                    assertArrayEquals(new float[] {12, 12, 12}, gradient(g, a));
                    assertArrayEquals(new float[] {101, 101, 101}, gradient(g, b));
                }
            }
        });
    }

    @Test
    void broadcastingIsUndone() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor column = Tensor.full(2, 3, 1);
                Tensor row = Tensor.full(1, 1, 1, 4);
                Tensor scalar = Tensor.scalar(5);
                List.of(column, row, scalar).forEach(tape::watch);
                Tensor y = Elementwise.mul(Elementwise.mul(column, row), scalar);
                assertEquals(Shape.of(1, 3, 4), y.shape());
                try (Gradients g = tape.backward(Reductions.sum(y))) {
                    assertEquals(Shape.of(3, 1), g.of(column).shape());
                    assertArrayEquals(new float[] {20, 20, 20}, gradient(g, column));
                    assertEquals(Shape.of(1, 1, 4), g.of(row).shape());
                    assertArrayEquals(new float[] {30, 30, 30, 30}, gradient(g, row));
                    assertEquals(24, g.of(scalar).item());
                }
            }
        });
    }

    @Test
    void theLossMayBeTheLeaf() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = Tensor.scalar(3);
                tape.watch(x);
                try (Gradients g = tape.backward(x)) {
                    assertEquals(1, g.of(x).item());
                }
            }
        });
    }

    @Test
    void aLeafThatTheLossDoesNotNeedHasNone() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                Tensor unused = x();
                tape.watch(x);
                tape.watch(x);
                tape.watch(unused);
                Tensor sideways = Elementwise.exp(unused);
                try (Gradients g = tape.backward(Reductions.sum(x))) {
                    assertNull(g.of(unused));
                    assertNull(g.of(sideways));
                    assertEquals(1, g.size());
                }
            }
        });
    }

    @Test
    void whatWasUsedBeforeItWasWatchedIsNotTracked() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                Tensor early = Elementwise.exp(x);
                tape.watch(x);
                assertFalse(tape.tracks(early));
                assertTrue(tape.tracks(Elementwise.exp(x)));
                assertTrue(Tape.isRecording(null, x));
                assertFalse(Tape.isRecording(null, early));
            }
            assertFalse(Tape.isRecording(new Tensor[0]));
        });
    }

    @Test
    void savedTensorsOutliveTheirScope() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor loss;
                try (Scope inner = Scope.open()) {
                    loss = inner.keep(Reductions.sum(Elementwise.square(Elementwise.exp(x))));
                }
                try (Gradients g = tape.backward(loss)) {
                    assertEquals(2 * Math.exp(2), gradient(g, x)[0], 1e-4);
                }
            }
        });
    }

    @Test
    void gradientsOutliveTapeAndScopeUntilClosed() {
        alone(() -> {
            Gradients g;
            Tensor x = x();
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                tape.watch(x);
                g = tape.backward(Reductions.sum(Elementwise.scale(x, 2)));
            }
            assertArrayEquals(new float[] {2, 2, 2}, gradient(g, x));
            g.close();
            assertNull(g.of(x));
            x.close();
        });
    }

    /** Twenty layers hold one activation each; in the gradient of the k-th only those before it are left. */
    @Test
    void memoryIsLetGoAsTheWalkPasses() {
        alone(() -> {
            try (Tensor x = x();
                    Tape tape = Tape.record()) {
                tape.watch(x);
                List<Long> blocks = new ArrayList<>();
                Tensor loss;
                try (Scope scope = Scope.open()) {
                    Tensor h = x;
                    for (int i = 0; i < 20; i++) {
                        Tensor made = Elementwise.scale(h, 1);
                        Tensor from = h;
                        Tensor out = Tensor.zeros(3);
                        h = Tape.op("layer", out)
                                .saving(made)
                                .input(from, (g, s) -> {
                                    blocks.add(backend.memory().blocks());
                                    return g;
                                })
                                .done();
                    }
                    loss = scope.keep(Reductions.sum(h));
                }
                long held = backend.memory().blocks();
                assertEquals(20 + 2, held, "the activations, x and the loss");
                tape.backward(loss).close();
                loss.close();
                assertEquals(20, blocks.size());
                for (int i = 1; i < 20; i++) {
                    assertEquals(blocks.get(i - 1) - 1, blocks.get(i), "blocks at step " + i);
                }
            }
        });
    }

    @Test
    void aTapeClosedWithoutAWalkHoldsNothing() {
        alone(() -> {
            try (Tensor x = x()) {
                try (Tape tape = Tape.record()) {
                    tape.watch(x);
                    try (Scope scope = Scope.open()) {
                        Elementwise.exp(Elementwise.exp(x));
                    }
                    assertTrue(backend.memory().blocks() > 1);
                }
                assertEquals(1, backend.memory().blocks());
            }
        });
    }

    @Test
    void partsThatTheLossDoesNotNeedAreLetGoToo() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor loss = Reductions.sum(x);
                try (Scope inner = Scope.open()) {
                    Elementwise.exp(x); // after the loss: let go by close
                }
                tape.backward(loss).close();
            }
        });
    }

    @Test
    void anErrorInAGradientLeavesNothingBehind() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor broken = Tape.op("broken", Elementwise.square(x))
                        .input(x, (g, s) -> {
                            throw new ArithmeticException("on purpose");
                        })
                        .done();
                Tensor loss = Reductions.sum(Elementwise.add(broken, Elementwise.exp(x)));
                assertThrows(ArithmeticException.class, () -> tape.backward(loss));
                assertSame(tape, Tape.current());
            }
        });
    }

    @Test
    void aMissingJointGradientNamesTheOperation() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor y = Tape.op("forgetful", Tensor.zeros(3)).input(x, null).done((g, s, needed) ->
                        new Tensor[] {null});
                IllegalStateException e =
                        assertThrows(IllegalStateException.class, () -> tape.backward(Reductions.sum(y)));
                assertEquals("forgetful: no gradient for input 0", e.getMessage());
            }
        });
    }

    @Test
    void onlyNeededGradientsAreAskedFor() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor a = x();
                Tensor b = x();
                tape.watch(b);
                List<boolean[]> asked = new ArrayList<>();
                Tensor y = Tape.op("joint", Tensor.zeros(3))
                        .input(a, null)
                        .input(null, null)
                        .input(b, null)
                        .done((g, s, needed) -> {
                            asked.add(needed);
                            return new Tensor[] {null, null, g};
                        });
                tape.backward(Reductions.sum(y)).close();
                assertArrayEquals(new boolean[] {false, false, true}, asked.get(0));
            }
        });
    }

    @Test
    void gradientsAreNotRecorded() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor y = Tape.op("curious", Tensor.zeros(3))
                        .input(x, (g, s) -> {
                            assertNull(Tape.current());
                            return g;
                        })
                        .done();
                tape.backward(Reductions.sum(y)).close();
            }
        });
    }

    @Test
    void tapesNest() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape outer = Tape.record()) {
                Tensor x = x();
                outer.watch(x);
                try (Tape inner = Tape.record()) {
                    assertSame(inner, Tape.current());
                    assertFalse(Tape.isRecording(x));
                }
                assertSame(outer, Tape.current());
                assertTrue(outer.tracks(Elementwise.exp(x)));
            }
        });
    }

    @Test
    void whatIsNoLossIsRefused() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor y = Elementwise.exp(x);
                assertEquals(
                        "backward: expected one float computed from a watched tensor on this tape, got"
                                + " Tensor(FLOAT32[3])",
                        assertThrows(IllegalArgumentException.class, () -> tape.backward(y))
                                .getMessage());
                Tensor constant = Reductions.sum(x());
                assertEquals(
                        "backward: expected one float computed from a watched tensor on this tape, got"
                                + " Tensor(FLOAT32[]), which depends on none",
                        assertThrows(IllegalArgumentException.class, () -> tape.backward(constant))
                                .getMessage());
            }
        });
    }

    @Test
    void aTapeIsWalkedOnce() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = x();
                tape.watch(x);
                Tensor loss = Reductions.sum(Elementwise.exp(x));
                tape.backward(loss).close();
                String message = assertThrows(IllegalStateException.class, () -> tape.backward(loss))
                        .getMessage();
                assertTrue(message.startsWith("backward: this tape has been walked"), message);
            }
        });
    }

    /** d(Σ(x·w)²)/dw = 2·xᵀ·(x·w), the example of the class's documentation. */
    @Test
    void theDocumentedExample() {
        alone(() -> {
            try (Scope scope = Scope.open();
                    Tape tape = Tape.record()) {
                Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
                Tensor w = Tensor.of(new float[] {1, 0, -1}, 3, 1);
                tape.watch(w);
                Tensor y = Products.matmul(x, w);
                try (Gradients g = tape.backward(Reductions.sum(Elementwise.square(y)))) {
                    Tensor expected =
                            Elementwise.scale(Products.matmul(Shapes.transpose(x, 0, 1), Tensor.full(-2, 2, 1)), 2);
                    assertArrayEquals(expected.toFloats(), gradient(g, w));
                }
            }
        });
    }
}
