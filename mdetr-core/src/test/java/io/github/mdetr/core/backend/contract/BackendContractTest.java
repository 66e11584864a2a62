package io.github.mdetr.core.backend.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.testing.TestBackends;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every kernel of every backend does at awkward sizes what the reference does, on whole blocks and on views. */
class BackendContractTest {
    private static final Map<String, List<KernelCase>> CASES = Cases.all();
    private static final IdentityHashMap<KernelCase, List<Host>> EXPECTED = new IdentityHashMap<>();

    @TestFactory
    Stream<DynamicTest> equalsTheReference() {
        return TestBackends.all().stream()
                .flatMap(b -> CASES.keySet().stream()
                        .map(kernel -> DynamicTest.dynamicTest(b.name() + "/" + kernel, () -> check(b, kernel))));
    }

    private static void check(Backend tested, String kernel) {
        Backend reference = TestBackends.reference();
        List<String> wrong = new ArrayList<>();
        for (KernelCase c : CASES.get(kernel)) {
            List<Host> expected =
                    EXPECTED.computeIfAbsent(c, k -> k.run(reference, reference, KernelCase.Layout.PLAIN));
            for (KernelCase.Layout layout : KernelCase.Layout.values()) {
                if (tested == reference && layout == KernelCase.Layout.PLAIN) {
                    continue; // that is what we compare with
                }
                String d = c.difference(tested, layout, expected);
                if (d != null) {
                    wrong.add(c.name() + " (" + layout + "): " + d);
                }
            }
        }
        assertTrue(
                wrong.isEmpty(),
                () -> tested.name() + "/" + kernel + ": " + wrong.size() + " of "
                        + CASES.get(kernel).size() + " cases × layouts differ from the reference:\n  "
                        + String.join("\n  ", wrong.subList(0, Math.min(12, wrong.size()))));
    }

    @Test
    void everyKernelHasCases() {
        Set<String> kernels = Arrays.stream(Backend.class.getDeclaredMethods())
                .filter(m -> !Modifier.isStatic(m.getModifiers()) && !m.isSynthetic())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> called = new TreeSet<>();
        Backend reference = TestBackends.reference();
        Backend spy = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    called.add(method.getName());
                    try {
                        return method.invoke(reference, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        CASES.forEach((kernel, cases) -> cases.get(0).run(reference, spy, KernelCase.Layout.PLAIN));
        assertEquals(kernels, called);
        assertEquals(kernels, new TreeSet<>(CASES.keySet()));
    }

    @Test
    void aWrongElementIsSeen() {
        Backend reference = TestBackends.reference();
        KernelCase right = new KernelCase(
                "copy",
                List.of(Host.of(new float[] {1, 2, 3}, 3)),
                List.of(Host.uninitialized(3)),
                (b, x, y) -> b.copy(x[0], y[0]),
                Cases.ROUNDING,
                0);
        List<Host> expected = right.run(reference, reference, KernelCase.Layout.PLAIN);
        assertNull(right.difference(reference, KernelCase.Layout.OFFSET, expected));
        KernelCase slightlyOff = with(right, (b, x, y) -> b.affine(x[0], 1.0001f, 0, y[0]));
        assertNotNull(slightlyOff.difference(reference, KernelCase.Layout.PLAIN, expected));
        KernelCase lazy = with(right, (b, x, y) -> {});
        assertNotNull(lazy.difference(reference, KernelCase.Layout.PLAIN, expected));
    }

    @Test
    void writingBesideAViewOrIntoAnInputIsSeen() {
        Backend reference = TestBackends.reference();
        KernelCase right = new KernelCase(
                "fill",
                List.of(Host.of(new float[] {5}, 1)),
                List.of(Host.uninitialized(3)),
                (b, x, y) -> b.fill(y[0], 2),
                0,
                0);
        List<Host> expected = right.run(reference, reference, KernelCase.Layout.PLAIN);
        KernelCase intoInput = with(right, (b, x, y) -> {
            b.fill(y[0], 2);
            b.fill(x[0], 2);
        });
        assertTrue(intoInput
                .difference(reference, KernelCase.Layout.PLAIN, expected)
                .contains("changed its input"));
        KernelCase beside = with(right, (b, x, y) -> {
            b.fill(y[0], 2);
            y[0].storage().write(0, java.nio.ByteBuffer.allocate(4));
        });
        assertTrue(
                beside.difference(reference, KernelCase.Layout.OFFSET, expected).contains("beside a view"));
    }

    private static KernelCase with(KernelCase c, KernelCase.Kernel kernel) {
        return new KernelCase(c.name(), c.inputs(), c.outputs(), kernel, c.tolerance(), c.floor());
    }
}
