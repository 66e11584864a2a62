package io.github.mdetr.core.backend;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where JavaCPP unpacks native libraries. They come in jars and the system loads them from files only, so a writable
 * folder is needed: {@code ~/.javacpp/cache}, or one of our own below {@code java.io.tmpdir} where the home is read-only
 * or absent, as in many containers. {@code -Dorg.bytedeco.javacpp.cachedir=DIR} names another.
 */
public final class NativeCache {
    /** JavaCPP's system property. */
    public static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

    private static final Logger LOG = LoggerFactory.getLogger(NativeCache.class);

    private static final Pattern UNPACKING = Pattern.compile(
            "java\\.io\\.IOException: (No space left on device|Disk quota exceeded|[^\\n]*not enough space[^\\n]*)");

    private NativeCache() {}

    /**
     * Makes sure that JavaCPP finds a writable folder. To be called before the first native class is loaded; later calls
     * do nothing.
     *
     * @return null when there is one, else why there is none, in one line
     */
    public static synchronized @Nullable String prepare() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return isWritable(Path.of(named))
                    ? null
                    : "the folder for native libraries, -D" + PROPERTY + "=" + named + ", cannot be written";
        }
        Path home = Path.of(System.getProperty("user.home", ""), ".javacpp", "cache");
        if (isWritable(home)) {
            return null;
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir", ""));
        try {
            Path own = ownFolder(temporary, System.getProperty("user.name", "user"));
            System.setProperty(PROPERTY, own.toString());
            LOG.info("native libraries are unpacked to {}: {} cannot be written", own, home);
            return null;
        } catch (IOException e) {
            return "no writable folder to unpack native libraries to: tried " + home + " and " + temporary
                    + "; name one with -D" + PROPERTY + "=DIR";
        }
    }

    /**
     * Why libraries could not be unpacked.
     *
     * @param thrown what JavaCPP threw while it loaded them, which hides the reason in a message or a cause
     * @return in one line; null when the folder is not to blame
     */
    public static @Nullable String unpackingProblem(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            Matcher reason = UNPACKING.matcher(String.valueOf(t));
            if (reason.find()) {
                String folder = System.getProperty(PROPERTY, "~/.javacpp/cache");
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
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "writable", null));
            return true;
        } catch (IOException | SecurityException e) {
            return false;
        }
    }
}
