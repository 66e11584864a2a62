package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_destroy;

import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.PointerScope;

/**
 * A description of a primitive, to be filled by one of oneDNN's functions. The primitive made of it outlives it: it lives
 * until the end of the {@link Descriptor#with} it was made in, also when that ends in an error.
 */
final class PrimitiveDescriptor extends dnnl_primitive_desc {
    PrimitiveDescriptor() {
        PointerScope scope = PointerScope.getInnerScope();
        if (scope == null) {
            throw new IllegalStateException("a primitive is described outside of Descriptor.with");
        }
        scope.attach(this);
    }

    /** Called by the scope. */
    @Override
    public boolean releaseReference() {
        if (isNull()) {
            return false;
        }
        dnnl_primitive_desc_destroy(this);
        setNull();
        return true;
    }
}
