package io.github.mdetr.core.backend.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import io.github.mdetr.core.backend.Activation;
import io.github.mdetr.core.tensor.DType;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;

/** The C interface with its status codes checked. Shapes come from operations that have checked them. */
final class Dnnl {
    private Dnnl() {}

    /**
     * @throws OutOfTensorMemoryException when the system gave oneDNN no memory
     * @throws IllegalStateException when it failed otherwise, or cannot do what it was asked for
     */
    static void check(int status, String what) {
        if (status == dnnl_out_of_memory) {
            throw new OutOfTensorMemoryException(what + ": the system gave oneDNN no memory for it");
        }
        if (status != dnnl_success) {
            throw new IllegalStateException(what + ": oneDNN "
                    + (status == dnnl_unimplemented || status == dnnl_invalid_arguments ? "cannot do it" : "failed")
                    + " (status " + status + ")");
        }
    }

    /** oneDNN's name of a type of floats. */
    static int type(DType type) {
        return switch (type) {
            case FLOAT32 -> dnnl_f32;
            case BFLOAT16 -> dnnl_bf16;
            case FLOAT16 -> dnnl_f16;
            case INT32, BOOL -> throw new IllegalArgumentException("oneDNN computes in floats, not in " + type);
        };
    }

    /** float32 of the given strides in elements. */
    static dnnl_memory_desc strided(long[] dims, long[] strides) {
        return strided(DType.FLOAT32, dims, strides);
    }

    /** Floats of the given strides in elements. */
    static dnnl_memory_desc strided(DType type, long[] dims, long[] strides) {
        dnnl_memory_desc md = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_strides(md, dims.length, dims, type(type), strides),
                "memory " + Arrays.toString(dims));
        return new Descriptor(md);
    }

    /** float32, row-major. */
    static dnnl_memory_desc dense(long... dims) {
        return dense(DType.FLOAT32, dims);
    }

    /** Row-major floats. */
    static dnnl_memory_desc dense(DType type, long... dims) {
        long[] strides = new long[dims.length];
        long n = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            strides[i] = n;
            n *= dims[i];
        }
        return strided(type, dims, strides);
    }

    /** Floats in a layout that the primitive chooses. */
    static dnnl_memory_desc any(DType type, long... dims) {
        dnnl_memory_desc md = new dnnl_memory_desc();
        check(
                dnnl_memory_desc_create_with_tag(md, dims.length, dims, type(type), dnnl_format_tag_any),
                "memory " + Arrays.toString(dims));
        return new Descriptor(md);
    }

    /** An image [B, H, W, C], in oneDNN's order of naming: (B, C, H, W), channels last in memory. */
    static dnnl_memory_desc image(long b, long h, long w, long c) {
        return image(DType.FLOAT32, b, h, w, c);
    }

    /** The same of a type of floats. */
    static dnnl_memory_desc image(DType type, long b, long h, long w, long c) {
        return strided(type, new long[] {b, c, h, w}, new long[] {h * w * c, 1, w * c, c});
    }

    /** The same memory with other extents, here extents of one more or fewer. */
    static dnnl_memory_desc reshaped(dnnl_memory_desc of, long... dims) {
        dnnl_memory_desc md = new dnnl_memory_desc();
        check(dnnl_memory_desc_reshape(md, of, dims.length, dims), "memory " + Arrays.toString(dims));
        return new Descriptor(md);
    }

    /** The extents that a description has. */
    static long[] dims(dnnl_memory_desc md) {
        try (IntPointer rank = new IntPointer(1);
                PointerPointer<LongPointer> at = new PointerPointer<>(1)) {
            check(dnnl_memory_desc_query(md, dnnl_query_ndims_s32, rank), "extents");
            check(dnnl_memory_desc_query(md, dnnl_query_dims, at), "extents");
            long[] dims = new long[rank.get()];
            at.get(LongPointer.class, 0).get(dims);
            return dims;
        }
    }

    /** oneDNN's name of an activation, 0 for none. */
    static int algorithm(Activation f) {
        return switch (f) {
            case IDENTITY -> 0;
            case RELU -> dnnl_eltwise_relu;
            case GELU -> dnnl_eltwise_gelu_erf;
            case SILU -> dnnl_eltwise_swish;
        };
    }

    /** What oneDNN calls the code it chose, such as {@code brgconv:avx512_core} or {@code ref:any}. */
    static String implementation(dnnl_primitive_desc pd) {
        try (PointerPointer<BytePointer> at = new PointerPointer<>(1)) {
            check(dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, at), "implementation");
            return at.get(BytePointer.class, 0).getString();
        }
    }

    /** Attributes with the scratchpad given by us, and post-operations. */
    static final class Attributes implements AutoCloseable {
        final dnnl_primitive_attr attr = new dnnl_primitive_attr();
        private final dnnl_post_ops ops = new dnnl_post_ops();
        private int count;

        Attributes() {
            try {
                check(dnnl_primitive_attr_create(attr), "attributes");
                check(dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user), "attributes");
                check(dnnl_post_ops_create(ops), "attributes");
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        Attributes eltwise(int algorithm, float alpha, float beta) {
            check(dnnl_post_ops_append_eltwise(ops, algorithm, alpha, beta), "post-operation");
            count++;
            return this;
        }

        /** Appends an activation; none changes nothing. */
        Attributes activation(Activation f) {
            return f == Activation.IDENTITY ? this : eltwise(algorithm(f), f == Activation.SILU ? 1 : 0, 0);
        }

        /** Appends the sum with what the result's memory held before. */
        Attributes sum() {
            check(dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef), "post-operation");
            count++;
            return this;
        }

        /** Appends a binary operation and gives the index of its argument. */
        int binary(int algorithm, dnnl_memory_desc src1) {
            check(dnnl_post_ops_append_binary(ops, algorithm, src1), "post-operation");
            return postOp(count++) | DNNL_ARG_SRC_1;
        }

        dnnl_primitive_attr done() {
            check(dnnl_primitive_attr_set_post_ops(attr, ops), "attributes");
            return attr;
        }

        private static int postOp(int index) {
            return DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1);
        }

        @Override
        public void close() {
            dnnl_post_ops_destroy(ops);
            dnnl_primitive_attr_destroy(attr);
        }
    }
}
