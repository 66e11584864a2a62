package io.github.mdetr.core.backend.reference;

import io.github.mdetr.core.backend.WeightUse;
import io.github.mdetr.core.tensor.Device;
import io.github.mdetr.core.tensor.Storage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A weight with its outputs last: nobody but the kernel it was made for can use it, so a missing unpack shows. */
final class PackedStorage extends Storage {
    private final ReferenceBackend device;
    private final WeightUse use;
    private final long bytes;
    private float @Nullable [] values;

    PackedStorage(ReferenceBackend device, WeightUse use, float[] values) {
        this.device = device;
        this.use = use;
        this.values = values;
        this.bytes = 4L * values.length;
    }

    /** The weight for {@code wanted} as [kernelY, kernelX, in, out], or [in, out]. */
    float[] values(WeightUse wanted) {
        float[] v = values;
        if (v == null) {
            throw new IllegalStateException("storage was freed: a closed tensor is used");
        }
        if (use != wanted) {
            throw new IllegalArgumentException("reference: weight packed for " + use + " used for " + wanted);
        }
        return v;
    }

    WeightUse use() {
        return use;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer dst) {
        throw new UnsupportedOperationException("reference: a packed weight is read after unpacking only");
    }

    @Override
    public void write(long offset, ByteBuffer src) {
        throw new UnsupportedOperationException("reference: a packed weight cannot be written");
    }

    @Override
    protected void free() {
        values = null;
        device.freed(bytes);
    }

    @Override
    public boolean isPacked() {
        return true;
    }
}
