package io.github.mdetr.core.io;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a safetensors file holds, with the names that its writer left out because they share another's values. */
final class SafeTensorsContent {
    /** Metadata that is no name, whatever a tensor is called. */
    private static final String FRAMEWORK = "format";

    private static final long MAX_REPEATS = 8;
    private static final String OURS = "mdetr.";

    private SafeTensorsContent() {}

    /**
     * Reads the header. Where safetensors' {@code save_model} dropped one of two tensors with the same values, it tells in the
     * metadata by which name they are kept; both names are given.
     */
    static CheckpointContent read(CheckpointFile file, boolean verify) throws IOException {
        SafeTensorsHeader header = SafeTensors.header(file, verify);
        CheckpointContent content = new CheckpointContent(Checkpoint.Format.SAFETENSORS);
        CheckpointContent.Section model = new CheckpointContent.Section();
        model.tensors().putAll(header.tensors());
        Map<String, StoredTensor> twins = new LinkedHashMap<>();
        long bytesLeft = MAX_REPEATS * file.size();
        for (Map.Entry<String, String> item : header.metadata().entrySet()) {
            String dropped = item.getKey();
            StoredTensor tensor = header.tensors().get(item.getValue());
            boolean isName = !dropped.equals(FRAMEWORK) && !dropped.startsWith(OURS);
            if (!isName || tensor == null || header.tensors().containsKey(dropped)) {
                content.metadata.put(dropped, item.getValue());
                continue;
            }
            bytesLeft -= tensor.info().byteSize();
            if (bytesLeft < 0) {
                throw file.error(
                        SafeTensorsHeader.METADATA + " " + Excerpt.quote(dropped),
                        "names of shared tensors of at most " + MAX_REPEATS + " times the file's size together",
                        tensor.info().byteSize() + " bytes more",
                        PickleInput.HOSTILE);
            }
            twins.put(dropped, tensor.named(dropped));
        }
        model.tensors().putAll(twins);
        if (!twins.isEmpty()) {
            content.notes.add(
                    twins.size() + " tensors that were left out since others have their values are taken by the names"
                            + " in the metadata, such as "
                            + Excerpt.quote(twins.keySet().iterator().next()));
        }
        content.sections.put(Checkpoint.MODEL, model);
        ModelMetadata metadata = ModelMetadata.read(file, header.metadata());
        if (metadata.args() != null) {
            content.entries.put(Checkpoint.ARGS, metadata.args());
        }
        return content;
    }
}
