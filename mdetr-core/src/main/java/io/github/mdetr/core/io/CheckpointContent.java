package io.github.mdetr.core.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found in one file, before names are cleaned and files of several parts are put together. */
final class CheckpointContent {
    /**
     * Tensors by name.
     *
     * @param unreadable why others of them cannot be read, by name; by the empty name where all cannot
     */
    record Section(Map<String, StoredTensor> tensors, Map<String, CheckpointFormatException> unreadable) {
        Section() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        boolean isEmpty() {
            return tensors.isEmpty() && unreadable.isEmpty();
        }
    }

    final Checkpoint.Format format;
    final Map<String, Section> sections = new LinkedHashMap<>();
    final Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    final Map<String, String> metadata = new LinkedHashMap<>();
    final PassedOver.Counts passedOver = new PassedOver.Counts();
    final List<String> notes = new ArrayList<>();

    CheckpointContent(Checkpoint.Format format) {
        this.format = format;
    }
}
