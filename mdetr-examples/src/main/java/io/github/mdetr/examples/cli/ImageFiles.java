package io.github.mdetr.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The image files that a user means. */
final class ImageFiles {
    private static final List<String> SUFFIXES = List.of(".jpg", ".jpeg", ".png", ".webp");

    private ImageFiles() {}

    /**
     * Files as they are given, a folder as the JPEG, PNG and WebP files in it, sorted by name.
     *
     * @throws NoSuchFileException when one is not there
     * @throws IllegalArgumentException when a folder has none
     */
    static List<Path> expand(List<Path> given) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path path : given) {
            if (!Files.isDirectory(path)) {
                if (!Files.exists(path)) {
                    throw new NoSuchFileException(path.toString());
                }
                files.add(path);
                continue;
            }
            try (Stream<Path> inside = Files.list(path)) {
                List<Path> found = inside.filter(ImageFiles::isImage)
                        .filter(Files::isRegularFile)
                        .sorted()
                        .toList();
                if (found.isEmpty()) {
                    throw new IllegalArgumentException(
                            path + ": has no image; expected files that end in " + String.join(", ", SUFFIXES));
                }
                files.addAll(found);
            }
        }
        return files;
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && SUFFIXES.stream().anyMatch(name::endsWith);
    }
}
