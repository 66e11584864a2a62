package io.github.mdetr.examples.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The locale that Java was started in. It decides in which encoding the words of the command line and the names of files are
 * read; in the C locale that is ASCII, and what else they hold is lost before the program begins.
 */
final class SystemLocale {
    /** What Java puts for a byte that the encoding cannot hold. */
    private static final char LOST = '\uFFFD';

    private static final List<String> VARIABLES = List.of("LC_ALL", "LC_CTYPE", "LANG");

    private final String encoding;
    private final Map<String, String> environment;

    SystemLocale(String encoding, Map<String, String> environment) {
        this.encoding = encoding;
        this.environment = environment;
    }

    static SystemLocale current() {
        return new SystemLocale(System.getProperty("sun.jnu.encoding", "UTF-8"), System.getenv());
    }

    /**
     * Why words or folders of the command cannot be used.
     *
     * @param args the command's words
     * @param folder the working folder
     * @return one line, or null when all could be read
     */
    @Nullable
    String problem(String[] args, String folder) {
        if (isUnicode()) {
            return null;
        }
        String lost = Stream.concat(Stream.of(args), Stream.of(folder))
                .filter(word -> word.indexOf(LOST) >= 0)
                .findFirst()
                .orElse(null);
        return lost == null ? null : "'" + lost.replace(LOST, '?') + "': " + explanation();
    }

    /** What to say when names of files are printed with other characters than they have; null when all are printed as they are. */
    @Nullable
    String lostNames(Collection<Path> files) {
        long lost = isUnicode()
                ? 0
                : files.stream().filter(f -> f.toString().indexOf(LOST) >= 0).count();
        return lost == 0
                ? null
                : lost + " of " + files.size() + " names are printed with ? or \uFFFD for what the locale (" + name()
                        + ", encoding " + encoding
                        + ") cannot hold; start with LC_ALL=C.UTF-8 to have them as they are";
    }

    /** What to add to an error whose cause is a name that the locale cannot hold; empty for all others. */
    String hint(Throwable thrown) {
        for (Throwable t = thrown; t != null && !isUnicode(); t = t.getCause()) {
            if (t instanceof InvalidPathException) {
                return "; " + explanation();
            }
        }
        return "";
    }

    private String explanation() {
        return "the locale (" + name() + ", encoding " + encoding + ") cannot hold these characters; start with"
                + " LC_ALL=C.UTF-8, or give a caption by --caption-file";
    }

    private boolean isUnicode() {
        try {
            return Charset.forName(encoding).equals(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // an encoding that Java has no name for
            return false;
        }
    }

    /** The variable that decides. */
    private String name() {
        for (String variable : VARIABLES) {
            String value = environment.getOrDefault(variable, "");
            if (!value.isEmpty()) {
                return variable + "=" + value;
            }
        }
        return "none is set";
    }
}
