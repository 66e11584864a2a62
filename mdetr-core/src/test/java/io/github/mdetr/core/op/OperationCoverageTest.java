package io.github.mdetr.core.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.TestBackends;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every public operation has a PyTorch fixture and a finite difference; a new one without them fails here by name. */
class OperationCoverageTest {
    /** Operations without a gradient: they need a fixture alone. */
    private static final Set<String> WITHOUT_GRADIENT = Set.of("Reductions.argmax/2");

    @Test
    void everyOperationHasAFixture() {
        assertEquals(
                Set.of(),
                missing(Operations.all(), OpFixturesTest.covered(TestBackends.reference())),
                "operations that no fixture of src/test/resources/ops runs: add a case to fixtures/ops and an adapter");
    }

    @Test
    void everyOperationHasAFiniteDifference() {
        Set<String> wanted = missing(Operations.all(), WITHOUT_GRADIENT);
        assertEquals(
                Set.of(),
                missing(wanted, FiniteDifferenceTest.covered(TestBackends.reference())),
                "operations whose gradient no finite difference checks: add them to FiniteDifferenceCases");
    }

    @Test
    void theListOfOperationsWithoutGradientIsNotStale() {
        assertEquals(Set.of(), missing(WITHOUT_GRADIENT, Operations.all()));
    }

    @Test
    void anOperationThatNothingCoversIsNamed() {
        List<Class<?>> more = new ArrayList<>(Operations.classes());
        more.add(Decoy.class);
        assertEquals(Set.of("Decoy.forgotten/1", "Decoy.parts/2"), missing(Operations.in(more), Operations.all()));
    }

    @Test
    void theOperationsAreFound() {
        assertTrue(Operations.all().containsAll(Set.of("Products.matmul/2", "Images.conv2d/6", "Shapes.concat/2")));
        assertTrue(Operations.all().size() > 40, () -> "only " + Operations.all());
    }

    private static Set<String> missing(Set<String> wanted, Set<String> had) {
        Set<String> left = new TreeSet<>(wanted);
        left.removeAll(had);
        return left;
    }

    /** What a new operation looks like to the search. */
    public static final class Decoy {
        private Decoy() {}

        public static Tensor forgotten(Tensor x) {
            return x;
        }

        public static List<Tensor> parts(Tensor x, int count) {
            return List.of(x);
        }

        static Tensor hidden(Tensor x) {
            return x;
        }
    }
}
