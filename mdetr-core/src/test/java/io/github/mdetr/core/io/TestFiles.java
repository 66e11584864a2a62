package io.github.mdetr.core.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The committed checkpoint files, and whole tensors of a source. */
final class TestFiles {
    private TestFiles() {}

    /** A file under the test resources' {@code checkpoints}. */
    static Path resource(String name) {
        URL url = TestFiles.class.getResource("/checkpoints/" + name);
        if (url == null) {
            throw new IllegalStateException("no test resource checkpoints/" + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static float[] floats(TensorSource source, String name) throws IOException {
        float[] values = new float[(int) source.info(name).elements()];
        source.readFloats(name, 0, FloatBuffer.wrap(values));
        return values;
    }

    static long[] longs(TensorSource source, String name) throws IOException {
        long[] values = new long[(int) source.info(name).elements()];
        source.readLongs(name, 0, LongBuffer.wrap(values));
        return values;
    }

    static byte[] bytes(TensorSource source, String name) throws IOException {
        byte[] values = new byte[(int) source.info(name).byteSize()];
        source.readBytes(name, 0, ByteBuffer.wrap(values));
        return values;
    }

    /** Every element as text that does not depend on how it was stored, for comparison with fixtures. */
    static List<String> texts(TensorSource source, String name) {
        List<String> texts = new ArrayList<>();
        try {
            TensorInfo info = source.info(name);
            if (info.type() == StoredType.F64) { // readFloats would round
                ByteBuffer values = ByteBuffer.wrap(bytes(source, name)).order(ByteOrder.LITTLE_ENDIAN);
                while (values.hasRemaining()) {
                    texts.add(Double.toString(values.getDouble()));
                }
            } else if (info.type().isFloat()) {
                for (float value : floats(source, name)) {
                    texts.add(Double.toString(value));
                }
            } else {
                for (long value : longs(source, name)) {
                    texts.add(Long.toString(value));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
