package io.github.mdetr.core.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Gathers a strided tensor's elements (a transposed or sliced view in a PyTorch file) from its mapped storage. */
final class StridedReader implements StoredTensor.ElementReader {
    private static final int MAX_RUN = 1 << 20; // elements, so that a run lies within one mapped segment

    private static final int MIN_BLOCK = 16; // below that a view of the segment costs more than it saves

    private final int width;
    private final long[] shape;
    private final long[] strides;
    private final MappedRegion region;

    StridedReader(TensorInfo info, long[] strides, MappedRegion region) {
        this.width = info.type().bytes();
        this.shape = info.shape();
        this.strides = strides;
        this.region = region;
    }

    @Override
    public void read(long element, ByteBuffer dst) {
        ByteOrder order = dst.order();
        dst.order(ByteOrder.LITTLE_ENDIAN);
        int last = shape.length - 1;
        long[] index = new long[shape.length];
        long source = 0; // in elements
        long rest = element;
        for (int axis = last; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
            source += index[axis] * strides[axis];
        }
        while (dst.hasRemaining()) {
            int run = (int) Math.min(shape[last] - index[last], Math.min(MAX_RUN, dst.remaining() / width));
            copyRun(source, run, strides[last], dst);
            index[last] += run;
            source += run * strides[last];
            for (int axis = last; axis > 0 && index[axis] == shape[axis]; axis--) {
                source += strides[axis - 1] - shape[axis] * strides[axis];
                index[axis] = 0;
                index[axis - 1]++;
            }
        }
        dst.order(order);
    }

    private void copyRun(long source, int count, long stride, ByteBuffer dst) {
        if (stride == 1 && count >= MIN_BLOCK) {
            dst.put(region.slice(source * width, count * width));
            return;
        }
        long at = source * width;
        long step = stride * width;
        for (int i = 0; i < count; i++, at += step) {
            ByteBuffer segment = region.segment((int) (at / MappedRegion.STEP));
            int offset = (int) (at % MappedRegion.STEP);
            switch (width) {
                case 1 -> dst.put(segment.get(offset));
                case 2 -> dst.putShort(segment.getShort(offset));
                case 4 -> dst.putInt(segment.getInt(offset));
                default -> dst.putLong(segment.getLong(offset));
            }
        }
    }

    @Override
    public void close() {
        region.close();
    }
}
