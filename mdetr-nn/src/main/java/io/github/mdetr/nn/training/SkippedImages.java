package io.github.mdetr.nn.training;

import io.github.mdetr.nn.image.ImageReadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Images that cannot be read and are passed over, each reported once. When they are more than one in a hundred it is the data
 * that is wrong, and not an image. For several threads.
 */
public final class SkippedImages {
    /** One of so many may be passed over. */
    public static final int ONE_OF = 100;

    /** Where they are listed. */
    @FunctionalInterface
    public interface Listing {
        /** Lists one, the first time that it is passed over. */
        void add(Path image, String reason) throws IOException;
    }

    private final String what;
    private final long count;
    private final Listing listing;
    private final Set<Path> skipped = new HashSet<>();

    /**
     * Of so many images.
     *
     * @param what they are, for the error
     * @param before those that were passed over before; they are again, whether they can be read by now or not
     */
    public SkippedImages(String what, long count, Collection<Path> before, Listing listing) {
        this.what = what;
        this.count = count;
        this.listing = listing;
        skipped.addAll(before);
    }

    /** Whether an image is passed over. */
    public synchronized boolean contains(Path image) {
        return skipped.contains(image);
    }

    /** How many images are. */
    public synchronized int size() {
        return skipped.size();
    }

    /**
     * Passes an image over from now on.
     *
     * @throws IOException when these are too many, or it cannot be listed; and {@code problem} itself where the thread was
     *     interrupted, which makes an image unreadable too
     */
    public synchronized void add(Path image, ImageReadException problem) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw problem;
        }
        if (!skipped.add(image)) {
            return;
        }
        String reason = String.valueOf(problem.getMessage());
        listing.add(image, reason.startsWith(image + ": ") ? reason.substring((image + ": ").length()) : reason);
        if (skipped.size() > count / ONE_OF) {
            throw new IOException(
                    what + ": " + skipped.size() + " of " + count + " images cannot be read, more than 1 %, the last: "
                            + reason,
                    problem);
        }
    }
}
