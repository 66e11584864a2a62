package io.github.mdetr.nn.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file that is meant where a name leads to none: names of Windows, of URLs, in another case or Unicode form, with a folder
 * too few or too many. The folder is looked through once, when the first name is asked for, and not without end.
 */
public final class NearbyFiles {
    private static final int MOST_FILES = 500_000;
    private static final int DEEPEST = 8;
    private static final int SAME_NAMES = 64;
    private static final int LONGEST_NAME = 2000;

    private final Path folder;
    private @Nullable Map<String, List<String>> byName;

    /** Those of a folder and of the folders in it. */
    public NearbyFiles(Path folder) {
        this.folder = folder;
    }

    /** What to do about a name that leads to no file, as the end of a sentence: {@code "; …"}; empty where nothing is like it. */
    public synchronized String hint(String name) {
        if (name.length() > LONGEST_NAME) {
            return "";
        }
        String wanted = plain(name);
        List<String> same = index().getOrDefault(last(wanted), List.of());
        boolean otherEnding = same.isEmpty();
        if (otherEnding) {
            same = index().getOrDefault(stem(last(wanted)), List.of());
        }
        String best = null;
        int most = -1;
        for (String file : same) {
            int parts = commonEnd(wanted, plain(file));
            if (parts > most) {
                most = parts;
                best = file;
            }
        }
        if (best == null) {
            return name.indexOf('\\') >= 0
                    ? "; a path of Windows: write / for \\, from the folder of the images on"
                    : "";
        }
        return "; " + folder.resolve(best) + " is there (" + cause(name, best, otherEnding) + "): write \"" + best
                + "\"";
    }

    private static String cause(String name, String file, boolean otherEnding) {
        List<String> causes = new ArrayList<>();
        String slashed = name.replace('\\', '/');
        String decoded = decoded(slashed);
        if (!slashed.equals(name)) {
            causes.add("a path of Windows");
        }
        if (!decoded.equals(slashed)) {
            causes.add("% of URLs");
        }
        String asked = last(decoded);
        String there = last(file);
        if (otherEnding) {
            causes.add("another ending");
        } else if (!asked.equals(there)) {
            String composed = Normalizer.normalize(asked, Normalizer.Form.NFC);
            boolean sameForm = Normalizer.normalize(there, Normalizer.Form.NFC).equals(composed);
            causes.add(sameForm ? "another Unicode form" : "another case");
        }
        String askedFolder = folderOf(plain(name));
        String thereFolder = folderOf(plain(file));
        if (!askedFolder.equals(thereFolder)) {
            causes.add(
                    askedFolder.isEmpty()
                            ? "in a folder of its own"
                            : thereFolder.isEmpty() ? "without the folder" : "in another folder");
        }
        return causes.isEmpty() ? "another name" : String.join(", ", causes);
    }

    private Map<String, List<String>> index() {
        Map<String, List<String>> index = byName;
        if (index == null) {
            index = new HashMap<>();
            walk(index);
            byName = index;
        }
        return index;
    }

    private void walk(Map<String, List<String>> index) {
        int[] files = {0};
        try {
            Files.walkFileTree(
                    folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<Path>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (attributes.isRegularFile()) {
                                String name = folder.relativize(file).toString().replace('\\', '/');
                                String key = last(plain(name));
                                add(index, key, name);
                                add(index, stem(key), name);
                                files[0]++;
                            }
                            return files[0] < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            return FileVisitResult.CONTINUE; // what cannot be looked into is not offered
                        }
                    });
        } catch (IOException e) {
            index.clear();
        }
    }

    private static void add(Map<String, List<String>> index, String key, String name) {
        List<String> names = index.computeIfAbsent(key, k -> new ArrayList<>(1));
        if (names.size() < SAME_NAMES) {
            names.add(name);
        }
    }

    /** What names have in common that mean one file. */
    private static String plain(String name) {
        String slashed = name.replace('\\', '/').replaceFirst("^[A-Za-z]:/", "");
        return Normalizer.normalize(decoded(slashed), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String folderOf(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    /** The name without its ending, marked so that it is none of another file. */
    private static String stem(String last) {
        int dot = last.lastIndexOf('.');
        return (dot <= 0 ? last : last.substring(0, dot)) + "/";
    }

    /** In how many folders, from the last on, two names agree. */
    private static int commonEnd(String a, String b) {
        int parts = 0;
        for (int i = 1; i <= Math.min(a.length(), b.length()); i++) {
            char c = a.charAt(a.length() - i);
            if (c != b.charAt(b.length() - i)) {
                return parts;
            }
            parts += c == '/' ? 1 : 0;
        }
        return parts + 1;
    }

    /** With %20 and its like as the characters that they stand for. */
    private static String decoded(String name) {
        if (name.indexOf('%') < 0) {
            return name;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] from = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < from.length; i++) {
            int high = from[i] == '%' && i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
            int low = high >= 0 ? Character.digit(from[i + 2], 16) : -1;
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(from[i]);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
