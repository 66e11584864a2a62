package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** A weight layout that oneDNN has chosen. Each is kept once, for the life of the process: there are few. */
final class Layout {
    private static final List<Layout> KNOWN = new ArrayList<>();

    final int id;
    final dnnl_memory_desc descriptor;

    private Layout(int id, dnnl_memory_desc descriptor) {
        this.id = id;
        this.descriptor = descriptor;
    }

    /** The layout equal to {@code md}, which stays the caller's. */
    static synchronized Layout of(dnnl_memory_desc md) {
        for (Layout l : KNOWN) {
            if (dnnl_memory_desc_equal(l.descriptor, md) != 0) {
                return l;
            }
        }
        dnnl_memory_desc copy = new dnnl_memory_desc();
        Dnnl.check(dnnl_memory_desc_clone(copy, md), "layout");
        Layout l = new Layout(KNOWN.size() + 1, copy);
        KNOWN.add(l);
        return l;
    }

    long bytes() {
        return dnnl_memory_desc_get_size(descriptor);
    }
}
