package io.github.mdetr.core.backend;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where JavaCPP unpacks native libraries. They come in jars and the system loads them from files only, so a folder is needed
 * that can be written and is not mounted noexec: {@code ~/.javacpp/cache}, or one of our own below {@code java.io.tmpdir},
 * {@code /var/tmp} or {@code XDG_RUNTIME_DIR} where the home is read-only, noexec or absent, as in many containers. {@code
 * -Dorg.bytedeco.javacpp.cachedir=DIR} names another.
 */
public final class NativeCache {
    /** JavaCPP's system property. */
    public static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);

    /** JNA's, which asks OpenMP for its threads and else unpacks itself below the home. */
    private static final String JNA_PROPERTY = "jna.tmpdir";

    private static final Pattern MAPPING = Pattern.compile("failed to map segment from shared object");

    private static final Pattern UNPACKING = Pattern.compile(
            "java\\.io\\.IOException: (No space left on device|Disk quota exceeded|[^\\n]*not enough space[^\\n]*)");

    /** Where files stay over a restart, and is seldom noexec. */
    private static final String LASTING = "/var/tmp";

    private static final String CANNOT_BE_WRITTEN = "cannot be written";

    private NativeCache() {}

    /**
     * Makes sure that JavaCPP finds a folder that libraries can be unpacked to and loaded from. To be called before the first
     * native class is loaded; later calls do nothing.
     *
     * @return null when there is one, else why there is none, in one line
     */
    public static @Nullable String prepare() {
        return prepare(otherPlaces());
    }

    /** As {@link #prepare()}, with these places to try where the home will not do. */
    static synchronized @Nullable String prepare(Iterable<Path> others) {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            String problem = problem(Path.of(named));
            if (problem == null) {
                setIfAbsent(JNA_PROPERTY, named);
                return null;
            }
            return "the folder for native libraries, -D" + PROPERTY + "=" + named + ", " + problem + "; name another";
        }
        Path home = Path.of(System.getProperty("user.home", ""), ".javacpp", "cache");
        String problem = problem(home);
        if (problem == null) {
            return null;
        }
        StringBuilder tried = new StringBuilder(home + " " + problem);
        for (Path place : others) {
            try {
                Path own = ownFolder(place, System.getProperty("user.name", "user"));
                problem = problem(own);
                if (problem == null) {
                    System.setProperty(PROPERTY, own.toString());
                    setIfAbsent(JNA_PROPERTY, own.toString());
                    LOG.info("native libraries are unpacked to {}: {}", own, tried);
                    return null;
                }
            } catch (IOException e) {
                problem = CANNOT_BE_WRITTEN;
            }
            tried.append(", ").append(place).append(' ').append(problem);
        }
        return "no folder to unpack native libraries to and load them from: " + tried + "; name one with -D" + PROPERTY
                + "=DIR";
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static Set<Path> otherPlaces() {
        Set<Path> places = new LinkedHashSet<>();
        places.add(Path.of(System.getProperty("java.io.tmpdir", "")));
        for (String place : new @Nullable String[] {LASTING, System.getenv("XDG_RUNTIME_DIR")}) {
            if (place != null && Files.isDirectory(Path.of(place))) {
                places.add(Path.of(place));
            }
        }
        return places;
    }

    /**
     * Why libraries could not be unpacked, or not be loaded from where they were unpacked.
     *
     * @param thrown what JavaCPP threw while it loaded them, which hides the reason in a message or a cause
     * @return in one line; null when the folder is not to blame
     */
    public static @Nullable String unpackingProblem(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            String folder = System.getProperty(PROPERTY, "~/.javacpp/cache");
            if (MAPPING.matcher(String.valueOf(t)).find()) {
                return "native libraries cannot be loaded from " + folder + ", which seems to be mounted noexec; name"
                        + " another folder with -D" + PROPERTY + "=DIR";
            }
            Matcher reason = UNPACKING.matcher(String.valueOf(t));
            if (reason.find()) {
                return "native libraries cannot be unpacked to " + folder + " (" + reason.group(1)
                        + "); make room there, or name another folder with -D" + PROPERTY + "=DIR";
            }
        }
        return null;
    }

    /**
     * A folder below {@code parent} that only this user can write: code is loaded from it, so a folder that others made
     * or may change is passed over for a new one.
     */
    static Path ownFolder(Path parent, String user) throws IOException {
        Path wanted = parent.resolve("mdetr-native-" + user.replace(File.separatorChar, '_'));
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (!Files.exists(wanted, LinkOption.NOFOLLOW_LINKS)) {
            if (posix) {
                Files.createDirectory(
                        wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(wanted);
            }
        }
        return isOwn(wanted, posix) && isWritable(wanted) ? wanted : Files.createTempDirectory(parent, "mdetr-native");
    }

    private static boolean isOwn(Path folder, boolean posix) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (!posix) {
            return true;
        }
        Set<PosixFilePermission> open = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        Path probe = Files.createTempFile(folder, "owner", null);
        try {
            return Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))
                    && !open.contains(PosixFilePermission.GROUP_WRITE)
                    && !open.contains(PosixFilePermission.OTHERS_WRITE);
        } finally {
            Files.delete(probe);
        }
    }

    /** Tried by writing: permission bits say nothing of read-only mounts and full disks. */
    private static boolean isWritable(Path folder) {
        return !CANNOT_BE_WRITTEN.equals(problem(folder));
    }

    /** Why a folder will not do, or null. The system calls no file executable where a mount forbids it, whatever its bits. */
    private static @Nullable String problem(Path folder) {
        try {
            Files.createDirectories(folder);
            Path probe = Files.createTempFile(folder, "probe", null);
            try {
                boolean set = probe.toFile().setExecutable(true);
                return !set || Files.isExecutable(probe) ? null : "is mounted noexec";
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | SecurityException e) {
            return CANNOT_BE_WRITTEN;
        }
    }
}
