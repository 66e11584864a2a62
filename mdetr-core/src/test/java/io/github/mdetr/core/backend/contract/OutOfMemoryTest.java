package io.github.mdetr.core.backend.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.backend.Backend;
import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.backend.nd4j.RefusingNd4j;
import io.github.mdetr.core.backend.onednn.RefusingOneDnn;
import io.github.mdetr.core.tensor.Context;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.Scope;
import io.github.mdetr.core.tensor.Tensor;
import io.github.mdetr.core.testing.Refusals;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kernel is refused its first request for memory, its second and so on until it gets through: none may leave
 * anything behind, also where no scope is open that would clear up after it.
 */
class OutOfMemoryTest {
    /** Cases tried of each kernel, spread over all of them. */
    private static final int TRIED = 40;

    @TestFactory
    Stream<DynamicTest> aKernelThatIsRefusedMemoryKeepsNone() {
        Map<String, Function<Refusals, Backend>> backends =
                Map.of("onednn", RefusingOneDnn::create, "nd4j", RefusingNd4j::create);
        return backends.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    assumeTrue(Backends.available().contains(e.getKey()), "cannot run here");
                    Refusals refusals = new Refusals();
                    Backend backend = e.getValue().apply(refusals);
                    ExecutorService unscoped = Executors.newSingleThreadExecutor();
                    try {
                        tryAll(backend, refusals, unscoped);
                    } finally {
                        unscoped.shutdown();
                    }
                }));
    }

    private static void tryAll(Backend backend, Refusals refusals, ExecutorService unscoped) {
        Set<String> leaks = new LinkedHashSet<>();
        long[] refused = {0};
        Backend refusing = (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    for (int n = 0; ; n++) {
                        long before = backend.memory().blocks();
                        refusals.after(n);
                        try {
                            return unscoped.submit(() -> call(backend, method, arguments))
                                    .get();
                        } catch (ExecutionException e) {
                            if (!(e.getCause() instanceof OutOfTensorMemoryException)) {
                                throw e.getCause();
                            }
                            refused[0]++;
                            long left = backend.memory().blocks() - before;
                            if (left != 0) {
                                leaks.add(method.getName() + " refused its request " + n + " leaves " + left);
                            }
                        } finally {
                            refusals.end();
                        }
                    }
                });
        for (List<KernelCase> cases : Cases.all().values()) {
            for (int i = 0; i < cases.size(); i += Math.max(1, cases.size() / TRIED)) {
                KernelCase c = cases.get(i);
                Context.with(backend, () -> {
                    try (Scope scope = Scope.open()) {
                        c.kernel().run(refusing, tensors(c.inputs()), tensors(c.outputs()));
                    }
                    return true;
                });
            }
        }
        assertTrue(leaks.isEmpty(), () -> String.join("\n", leaks));
        assertTrue(refused[0] > 100, () -> "only " + refused[0] + " requests were refused");
    }

    private static Tensor[] tensors(List<Host> hosts) {
        return hosts.stream().map(Host::plain).toArray(Tensor[]::new);
    }

    private static @Nullable Object call(Backend b, Method method, Object[] arguments) throws Exception {
        try {
            return method.invoke(b, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception x ? x : e;
        }
    }
}
