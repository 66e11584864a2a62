package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;

/** A primitive with its argument array built once: to execute it, addresses are set and one native call is made. */
final class Prepared implements AutoCloseable {
    private final String name;
    private final dnnl_primitive primitive;
    private final dnnl_memory[] memories;
    private final long[] addresses;
    private final dnnl_exec_arg_t arguments;
    private final long scratchBytes;

    private Prepared(
            String name,
            dnnl_primitive primitive,
            dnnl_memory[] memories,
            dnnl_exec_arg_t arguments,
            long scratchBytes) {
        this.name = name;
        this.primitive = primitive;
        this.memories = memories;
        this.addresses = new long[memories.length];
        this.arguments = arguments;
        this.scratchBytes = scratchBytes;
    }

    /** Bytes of scratch memory that it needs while it runs. */
    long scratchBytes() {
        return scratchBytes;
    }

    String name() {
        return name;
    }

    /** Runs it on memory at these addresses, in the order of the arguments' naming. */
    void execute(dnnl_stream stream, long scratch, long... at) {
        int n = at.length;
        if (n != memories.length - 1) {
            throw new IllegalStateException(name + ": " + (memories.length - 1) + " arguments expected, got " + n);
        }
        for (int i = 0; i < n; i++) {
            point(i, at[i]);
        }
        point(n, scratch);
        int status = dnnl_primitive_execute(primitive, stream, memories.length, arguments);
        if (status != dnnl_success) {
            Dnnl.check(status, name);
        }
    }

    private void point(int i, long address) {
        if (addresses[i] != address) {
            Dnnl.check(dnnl_memory_set_data_handle(memories[i], new Address(address)), name);
            addresses[i] = address;
        }
    }

    @Override
    public void close() {
        destroy(primitive, memories, arguments);
    }

    private static void destroy(dnnl_primitive primitive, dnnl_memory[] memories, dnnl_exec_arg_t arguments) {
        for (dnnl_memory m : memories) {
            dnnl_memory_destroy(m);
        }
        dnnl_primitive_destroy(primitive);
        arguments.deallocate();
    }

    /** Builds one from a primitive descriptor. */
    static final class Builder {
        private final String name;
        private final dnnl_engine engine;
        private final dnnl_primitive_desc descriptor;
        private final List<Integer> ids = new ArrayList<>();
        private final List<dnnl_memory_desc> layouts = new ArrayList<>();

        Builder(String name, dnnl_engine engine, dnnl_primitive_desc descriptor) {
            this.name = name;
            this.engine = engine;
            this.descriptor = descriptor;
        }

        /** The next argument, in a layout given. */
        Builder argument(int id, dnnl_memory_desc md) {
            ids.add(id);
            layouts.add(md);
            return this;
        }

        /** Makes the primitive, or nothing when oneDNN gives an error. */
        Prepared build() {
            dnnl_memory_desc scratch = dnnl_primitive_desc_query_md(descriptor, dnnl_query_scratchpad_md, 0);
            argument(DNNL_ARG_SCRATCHPAD, scratch);
            String label = name + " " + Dnnl.implementation(descriptor);
            long bytes = scratch == null ? 0 : dnnl_memory_desc_get_size(scratch);
            dnnl_primitive primitive = new dnnl_primitive();
            dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(ids.size());
            dnnl_memory[] memories = new dnnl_memory[ids.size()];
            Arrays.setAll(memories, i -> new dnnl_memory());
            try {
                Dnnl.check(dnnl_primitive_create(primitive, descriptor), name);
                for (int i = 0; i < memories.length; i++) {
                    // no memory yet: a null handle
                    Dnnl.check(dnnl_memory_create(memories[i], layouts.get(i), engine, new Address(0)), name);
                    arguments.position(i).arg(ids.get(i)).memory(memories[i]);
                }
                arguments.position(0);
                return new Prepared(label, primitive, memories, arguments, bytes);
            } catch (RuntimeException | Error e) {
                destroy(primitive, memories, arguments.position(0));
                throw e;
            }
        }
    }
}
