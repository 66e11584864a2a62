package io.github.mdetr.nn.image;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What is wrong with a file of which PIL, and so we, read the pixels all the same: a few lines, however much there is. In
 * the strict mode the first is an error.
 */
final class ImageNotes {
    /** Damage comes in long series; the first few tell what it is. */
    private static final int MOST = 4;

    private final boolean strict;
    private final List<String> lines = new ArrayList<>();
    private int more;

    ImageNotes(boolean strict) {
        this.strict = strict;
    }

    boolean strict() {
        return strict;
    }

    void add(String line) {
        if (lines.size() < MOST) {
            lines.add(line);
        } else {
            more++;
        }
    }

    /** Hands the lines over, each with the file's name. */
    void tell(String name, Consumer<String> observer) {
        for (String line : lines) {
            observer.accept(name + ": " + line);
        }
        if (more > 0) {
            observer.accept(name + ": " + more + " more of such notes");
        }
    }
}
