package io.github.mdetr.examples.synthetic;

import io.github.mdetr.nn.pipeline.Mdetr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The small model that was trained on the synthetic world, with its vocabulary: {@code models/world-small}, in this jar. */
public final class BundledModel {
    private static final String FOLDER = "/io/github/mdetr/models/world-small/";
    private static final String WEIGHTS = "model.safetensors";
    private static final List<String> FILES = List.of(WEIGHTS, "vocab.json", "merges.txt");

    private BundledModel() {}

    /** Whether this build has it. */
    public static boolean isPresent() {
        return isPresent(FOLDER);
    }

    private static boolean isPresent(String folder) {
        return FILES.stream().allMatch(name -> BundledModel.class.getResource(folder + name) != null);
    }

    /**
     * Loads it; close it.
     *
     * @throws IllegalStateException when this build has none
     * @throws IOException when there is no room to unpack it
     */
    public static Mdetr load() throws IOException {
        return load(FOLDER);
    }

    /** The model of another folder among the resources. */
    static Mdetr load(String source) throws IOException {
        if (!isPresent(source)) {
            throw new IllegalStateException("this build has no trained model: models/world-small lacks "
                    + String.join(", ", FILES) + "; give --weights FILE, as mdetr train --world makes it");
        }
        Path folder = Files.createTempDirectory("mdetr-model");
        try {
            for (String name : FILES) {
                try (InputStream in = BundledModel.class.getResourceAsStream(source + name)) {
                    if (in == null) {
                        throw new IllegalStateException("resource " + source + name + " is missing");
                    }
                    Files.copy(in, folder.resolve(name));
                }
            }
            return Mdetr.load(folder.resolve(WEIGHTS));
        } finally {
            for (String name : FILES) {
                Files.deleteIfExists(folder.resolve(name));
            }
            Files.deleteIfExists(folder);
        }
    }
}
