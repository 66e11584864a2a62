package io.github.mdetr.examples.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;

/** Where the pictures with boxes on them go. */
final class AnnotatedFiles {
    private static final String PNG = ".png";

    private final Map<Path, Path> targets;

    private AnnotatedFiles(Map<Path, Path> targets) {
        this.targets = targets;
    }

    /**
     * One image goes to the file {@code out}, or into it when it is a folder; several go into a folder, made where it is
     * not there, under their own names.
     *
     * @throws IllegalArgumentException when {@code out} is no PNG file, or a picture would replace its image
     */
    static AnnotatedFiles prepare(Path out, List<Path> images) throws IOException {
        Map<Path, Path> targets = new HashMap<>();
        boolean one = images.size() == 1 && !Files.isDirectory(out);
        if (one) {
            if (!out.toString().toLowerCase(Locale.ROOT).endsWith(PNG)) {
                throw new IllegalArgumentException("--annotate " + out + ": expected a name that ends in " + PNG);
            }
            Path folder = out.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("--annotate " + out + ": there is no folder " + folder);
            }
            targets.put(images.get(0), out);
        } else {
            Files.createDirectories(out);
            Set<Path> used = new HashSet<>();
            for (Path image : images) {
                targets.put(image, unused(out, stem(image), used));
            }
        }
        for (Map.Entry<Path, Path> e : targets.entrySet()) {
            if (Files.exists(e.getValue()) && Files.isSameFile(e.getKey(), e.getValue())) {
                throw new IllegalArgumentException(
                        "--annotate " + out + ": would replace the image " + e.getKey() + "; give another place");
            }
        }
        return new AnnotatedFiles(targets);
    }

    private static Path unused(Path folder, String stem, Set<Path> used) {
        Path target = folder.resolve(stem + PNG);
        for (int n = 2; !used.add(target); n++) {
            target = folder.resolve(stem + "-" + n + PNG);
        }
        return target;
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    /** Writes the picture of an image. */
    void write(Path image, BufferedImage picture) throws IOException {
        Path target = targets.get(image);
        if (target == null) {
            throw new IllegalArgumentException(image + " is not among the images prepared for");
        }
        try (var stream = Files.newOutputStream(target)) {
            ImageIO.setUseCache(false);
            if (!ImageIO.write(picture, "png", stream)) {
                throw new IOException(target + ": this Java has no PNG writer");
            }
        }
    }
}
