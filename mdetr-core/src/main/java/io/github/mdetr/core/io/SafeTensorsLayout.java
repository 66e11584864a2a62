package io.github.mdetr.core.io;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Where each tensor of a safetensors file to be written goes, and the bytes before the first of them. */
final class SafeTensorsLayout {
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final byte[] head;
    private final long dataBytes;

    private SafeTensorsLayout(List<TensorInfo> declared, Map<String, String> metadata) throws IOException {
        for (TensorInfo info : declared) {
            if (info.name().equals(SafeTensorsHeader.METADATA)) {
                throw new IllegalArgumentException(
                        "expected a tensor's name, got " + info.name() + ", which is reserved");
            }
            if (info.name().length() > Json.MAX_NAME_LENGTH) {
                throw new IllegalArgumentException("expected tensor names of at most " + Json.MAX_NAME_LENGTH
                        + " characters, which is what is read back, got " + Excerpt.quote(info.name()));
            }
            if (tensors.put(info.name(), info) != null) {
                throw new IllegalArgumentException(
                        "expected distinct names, got " + Excerpt.quote(info.name()) + " twice");
            }
        }
        dataBytes = place(declared);
        Map<String, String> all = new LinkedHashMap<>(metadata);
        Checksums.declare(all, declared.size());
        head = head(all);
    }

    static SafeTensorsLayout of(List<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
        return new SafeTensorsLayout(tensors, metadata);
    }

    /** In the order in which they were declared. */
    Iterable<TensorInfo> tensors() {
        return tensors.values();
    }

    @Nullable
    TensorInfo info(String name) {
        return tensors.get(name);
    }

    /** Position in the file of a declared tensor's first byte. */
    long position(String name) {
        return head.length + offsets.getOrDefault(name, 0L);
    }

    /** Length and header, without the checksums. */
    byte[] head() {
        return head;
    }

    /** Length and header with the checksums of the tensors, in the order in which they were declared. */
    byte[] sealed(List<CRC32C> sums) {
        byte[] sealed = head.clone();
        Checksums.seal(sealed, sums);
        return sealed;
    }

    long fileSize() {
        return head.length + dataBytes;
    }

    /** Wide elements first, so that all are aligned. */
    private long place(List<TensorInfo> declared) {
        List<TensorInfo> order = new ArrayList<>(declared);
        order.sort(Comparator.comparingInt((TensorInfo info) -> info.type().bytes())
                .reversed());
        long offset = 0;
        for (TensorInfo info : order) {
            offsets.put(info.name(), offset);
            if (info.byteSize() > Long.MAX_VALUE / 2 - offset) {
                throw new IllegalArgumentException("expected tensors of fewer than 2^62 bytes together, got more");
            }
            offset += info.byteSize();
        }
        return offset;
    }

    private byte[] head(Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(header)) {
            json.writeStartObject();
            json.writeObjectFieldStart(SafeTensorsHeader.METADATA);
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            for (TensorInfo info : tensors.values()) {
                long begin = offsets.getOrDefault(info.name(), 0L);
                json.writeObjectFieldStart(info.name());
                json.writeStringField("dtype", info.type().name());
                json.writeFieldName("shape");
                json.writeArray(info.shape(), 0, info.shape().length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, begin + info.byteSize()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (header.size() % Long.BYTES != 0) { // so that the data begin aligned
            header.write(' ');
        }
        if (header.size() > SafeTensors.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("expected names and metadata of at most " + SafeTensors.MAX_HEADER_BYTES
                    + " bytes, got " + header.size() + "; drop metadata");
        }
        return ByteBuffer.allocate(Long.BYTES + header.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.size())
                .put(header.toByteArray())
                .array();
    }
}
