package io.github.mdetr.examples.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.imageio.ImageIO;

/** Where the pictures with boxes on them go. */
final class AnnotatedFiles {
    private static final String PNG = ".png";

    private final Map<Path, Path> targets;

    private AnnotatedFiles(Map<Path, Path> targets) {
        this.targets = targets;
    }

    /**
     * One image goes to the file {@code out}, or into it when it is a folder; several go into a folder under their own
     * names. Nothing is made before the first picture is written.
     *
     * @param images what is drawn on
     * @param others files that are read too, and not replaced either; those that are not there are passed over
     * @throws IllegalArgumentException when {@code out} is no place for PNG files, or a picture would replace what is read
     */
    static AnnotatedFiles prepare(Path out, List<Path> images, List<Path> others) throws IOException {
        Map<Path, Path> targets = new LinkedHashMap<>();
        if (images.size() == 1 && !Files.isDirectory(out)) {
            if (!out.toString().toLowerCase(Locale.ROOT).endsWith(PNG)) {
                throw refused(out, "expected a name that ends in " + PNG);
            }
            Path folder = out.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                throw refused(out, "there is no folder " + folder);
            }
            targets.put(images.get(0), out);
        } else {
            checkFolder(out, "--annotate");
            Set<Path> used = new HashSet<>();
            for (Path image : images) {
                targets.put(image, unused(out, stem(image), used));
            }
        }
        Map<Object, Path> read = new HashMap<>();
        for (Path image : images) {
            read.put(key(image), image);
        }
        for (Path other : others) {
            if (Files.exists(other)) {
                read.put(key(other), other);
            }
        }
        for (Path target : targets.values()) {
            if (!Files.exists(target)) {
                continue;
            }
            if (!Files.isRegularFile(target)) {
                throw refused(out, target + " is no regular file; give another place");
            }
            Path input = read.get(key(target));
            if (input != null) {
                throw refused(out, "would replace " + input + ", which is read; give another place");
            }
        }
        return new AnnotatedFiles(targets);
    }

    /** A folder in which files can be made, or a path at which such a folder can be made. */
    static void checkFolder(Path out, String option) {
        Path there = out.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isDirectory(there)) {
            throw refused(option, out, there + " is there already and not a folder");
        }
        if (!Files.isWritable(there)) {
            throw refused(option, out, "the folder " + there + " cannot be written to");
        }
    }

    private static IllegalArgumentException refused(Path out, String reason) {
        return refused("--annotate", out, reason);
    }

    private static IllegalArgumentException refused(String option, Path out, String reason) {
        return new IllegalArgumentException(option + " " + out + ": " + reason);
    }

    /** What is equal for two paths of one file, also through links. */
    private static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath() : key;
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
        Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path folder = real.resolveSibling(".").normalize();
        Path temporary = folder.resolve(".mdetr-" + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(folder);
            try (OutputStream stream = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
                ImageIO.setUseCache(false);
                if (!ImageIO.write(picture, "png", stream)) {
                    throw new IOException("this Java has no PNG writer");
                }
            }
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IOException(target + ": cannot be written: " + reason(e) + "; give --annotate another place", e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The system's words, which ImageIO wraps. */
    private static String reason(Throwable e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        if (first instanceof AccessDeniedException) {
            return "permission denied";
        }
        return first instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(first.getMessage());
    }
}
