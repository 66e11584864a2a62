package io.github.mdetr.examples.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;

/** The image files that a user means. */
final class ImageFiles {
    private static final List<String> SUFFIXES =
            List.of(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff");

    private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

    private final boolean recursive;
    private final Consumer<String> notes;
    private final List<Path> files = new ArrayList<>();

    private ImageFiles(boolean recursive, Consumer<String> notes) {
        this.recursive = recursive;
        this.notes = notes;
    }

    /**
     * Files as they are given; a folder as the image files in it, sorted by name, and those in its folders behind them if
     * asked for; a pattern that the shell left alone as what it matches in its folder, sorted.
     *
     * @param notes gets a line for what of a folder is passed over
     * @throws NoSuchFileException when one is not there
     * @throws IllegalArgumentException when a folder has none, or a word is no place of files
     */
    static List<Path> expand(List<String> given, boolean recursive, Consumer<String> notes) throws IOException {
        ImageFiles images = new ImageFiles(recursive, notes);
        for (String word : given) {
            images.add(word);
        }
        String lost = SystemLocale.current().lostNames(images.files);
        if (lost != null) {
            notes.accept(lost);
        }
        return images.files;
    }

    private void add(String word) throws IOException {
        if (WILDCARD.matcher(word).find() && !Main.isAddress(word) && !Main.exists(word)) {
            addMatches(word);
            return;
        }
        Path path = path(word);
        if (Files.isDirectory(path)) {
            int before = files.size();
            addFolder(path);
            if (files.size() == before) {
                throw new IllegalArgumentException(
                        path + ": has no image; expected files that end in " + String.join(", ", SUFFIXES));
            }
        } else if (Files.exists(path)) {
            files.add(path);
        } else {
            throw new NoSuchFileException(path.toString());
        }
    }

    private static Path path(String word) {
        try {
            return Main.path(word);
        } catch (CommandLine.TypeConversionException e) { // picocli names the option only where it converts
            throw new IllegalArgumentException("--image: " + e.getMessage(), e);
        }
    }

    /** A pattern in its last part, of names that do not begin with a dot, as shells have it. */
    private void addMatches(String word) throws IOException {
        int slash = Math.max(
                word.lastIndexOf('/'), word.lastIndexOf(FileSystems.getDefault().getSeparator()));
        String parent = word.substring(0, slash + 1);
        if (WILDCARD.matcher(parent).find()) {
            throw new IllegalArgumentException("--image " + word
                    + ": a pattern may stand for files, not for folders; leave the shell to match it, without quotes");
        }
        Path folder = parent.isEmpty() ? Path.of("") : path(parent);
        Set<Path> matches = new TreeSet<>();
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + word.substring(slash + 1));
            for (Path file : inside) {
                if (matcher.matches(file.getFileName()) && !isHidden(file) && Files.isRegularFile(file)) {
                    matches.add(file);
                }
            }
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "--image " + word + ": is no file and no pattern: " + e.getDescription(), e);
        }
        if (matches.isEmpty()) {
            throw new IllegalArgumentException("--image " + word + ": matches no file");
        }
        files.addAll(matches);
    }

    private void addFolder(Path folder) throws IOException {
        Set<Path> found = new TreeSet<>();
        Set<Path> folders = new TreeSet<>();
        int hidden = 0;
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
            for (Path path : inside) {
                if (Files.isDirectory(path)) {
                    // a link may lead back to where it is
                    if (!isHidden(path) && !(recursive && Files.isSymbolicLink(path))) {
                        folders.add(path);
                    }
                } else if (isImage(path) && Files.isRegularFile(path)) {
                    if (isHidden(path)) {
                        hidden++;
                    } else {
                        found.add(path);
                    }
                }
            }
        }
        files.addAll(found);
        if (hidden > 0) {
            notes.accept(
                    folder + ": hidden images are passed over, " + hidden + " in all; name them to have them read");
        }
        if (recursive) {
            for (Path below : folders) {
                addFolder(below);
            }
        } else if (!folders.isEmpty()) {
            notes.accept(folder + ": folders in it are not looked into, " + folders.size()
                    + " in all; add --recursive for them");
        }
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return SUFFIXES.stream().anyMatch(name::endsWith);
    }
}
