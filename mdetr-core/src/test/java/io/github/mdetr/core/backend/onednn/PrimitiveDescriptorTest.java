package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_invalid_arguments;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_out_of_memory;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mdetr.core.backend.Backends;
import io.github.mdetr.core.backend.NativeThread;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What oneDNN gave is given back, also when it then gives an error. */
class PrimitiveDescriptorTest {
    @BeforeEach
    void oneDnnRunsHere() {
        assumeTrue(Backends.available().contains("onednn"), "oneDNN cannot run here");
    }

    @Test
    void anErrorLeavesNoDescriptorBehind() {
        Primitives primitives = NativeThread.run(() -> new Primitives(new BlockPool(1 << 20)));
        List<dnnl_primitive_desc> made = new ArrayList<>();
        IllegalStateException e = assertThrows(
                IllegalStateException.class,
                () -> NativeThread.execute(() -> Descriptor.with(() -> {
                    dnnl_memory_desc md = Dnnl.dense(3, 3);
                    made.add(product(primitives, md, md));
                    assertFalse(made.get(0).isNull());
                    return product(primitives, md, Dnnl.dense(5, 3));
                })));
        assertTrue(e.getMessage().startsWith("product: oneDNN cannot do it (status "), e.getMessage());
        assertTrue(made.get(0).isNull(), "destroyed with the scope it was made in");
    }

    private static dnnl_primitive_desc product(Primitives p, dnnl_memory_desc a, dnnl_memory_desc b) {
        dnnl_primitive_desc pd = new PrimitiveDescriptor();
        try (Dnnl.Attributes attributes = new Dnnl.Attributes()) {
            Dnnl.check(dnnl_matmul_primitive_desc_create(pd, p.engine, a, b, null, a, attributes.done()), "product");
        }
        return pd;
    }

    @Test
    void outsideOfAScopeNoneIsMade() {
        assertThrows(IllegalStateException.class, PrimitiveDescriptor::new);
    }

    @Test
    void errorsAreToldApart() {
        Dnnl.check(dnnl_success, "x");
        assertThrows(OutOfTensorMemoryException.class, () -> Dnnl.check(dnnl_out_of_memory, "x"));
        assertEquals(
                "x: oneDNN cannot do it (status 2)",
                assertThrows(IllegalStateException.class, () -> Dnnl.check(dnnl_invalid_arguments, "x"))
                        .getMessage());
    }
}
