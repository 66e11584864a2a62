package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.data.NearbyFiles;
import io.github.mdetr.nn.data.Orientation;
import io.github.mdetr.nn.image.DecodedImage;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.ImageSize;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which of the images that entries name can be decoded, of which size they are, and which way up. */
final class ImageFiles {
    /** What is said of an entry's image. */
    interface Found {
        void accept(FindingKind kind, String what, @Nullable String advice);
    }

    /**
     * An image.
     *
     * @param stored its size; null where it cannot be read
     * @param shown its size when turned
     * @param problem why it cannot be read
     * @param damage what is wrong with it and does not keep it from being read; null when nothing is, or it was said
     */
    private record Outcome(
            @Nullable ImageSize stored,
            @Nullable ImageSize shown,
            boolean turned,
            @Nullable String problem,
            @Nullable String damage) {
        static Outcome unreadable(@Nullable String problem) {
            return new Outcome(null, null, false, problem, null);
        }

        Outcome withoutDamage() {
            return new Outcome(stored, shown, turned, problem, null);
        }
    }

    private final Path folder;
    private final Orientation orientation;
    private final NearbyFiles nearby;
    private final Map<String, Outcome> outcomes;
    private final Map<String, Integer> uses = new LinkedHashMap<>();
    private final Set<String> turned = new HashSet<>();

    /** Decodes every image once, on all processors. */
    ImageFiles(List<CaptionedImage> entries, Path folder, Orientation orientation, ImageReader reader, Runnable step) {
        this.folder = folder;
        this.orientation = orientation;
        this.nearby = new NearbyFiles(folder);
        entries.forEach(e -> uses.merge(e.fileName(), 1, Integer::sum));
        outcomes = uses.keySet().parallelStream().collect(Collectors.toConcurrentMap(name -> name, name -> {
            Outcome outcome = read(reader, name);
            step.run();
            return outcome;
        }));
    }

    private Outcome read(ImageReader reader, String name) {
        try {
            List<String> notes = new ArrayList<>();
            DecodedImage picture = reader.decode(folder.resolve(name), notes::add);
            String damage = notes.isEmpty() ? null : String.join("; ", notes);
            return new Outcome(picture.pixels().size(), picture.shownSize(), picture.isTurned(), null, damage);
        } catch (ImageReadException e) {
            return Outcome.unreadable(e.getMessage());
        } catch (InvalidPathException e) {
            return Outcome.unreadable("is no name of a file: " + e.getReason());
        }
    }

    /** The number of images that are read as shown, turned. */
    int turned() {
        return turned.size();
    }

    /** Says what is wrong with the entry's image; what is the file's and not the entry's once, with the first that names it. */
    void check(CaptionedImage entry, Found found) {
        Outcome outcome = outcomes.get(entry.fileName());
        if (outcome == null) {
            return; // reported with the first entry that names it
        }
        ImageSize stored = outcome.stored();
        ImageSize shown = outcome.shown();
        if (stored == null || shown == null) {
            outcomes.remove(entry.fileName());
            int more = uses.getOrDefault(entry.fileName(), 1) - 1;
            found.accept(
                    FindingKind.IMAGE_UNREADABLE,
                    outcome.problem()
                            + (more == 0
                                    ? ""
                                    : "; " + more + (more == 1 ? " more entry names it" : " more entries name it")),
                    missing(entry.fileName()));
            return;
        }
        if (outcome.damage() != null) {
            outcomes.put(entry.fileName(), outcome.withoutDamage());
            found.accept(FindingKind.IMAGE_DAMAGED, outcome.damage(), null);
        }
        ImageSize stated = new ImageSize(entry.width(), entry.height());
        Orientation way = orientation.way(stored, shown, stated);
        if (way == null) {
            boolean other = Orientation.AUTO.way(stored, shown, stated) != null;
            found.accept(
                    FindingKind.IMAGE_SIZE,
                    "the image has " + stored + " pixels" + (outcome.turned() ? ", " + shown + " as shown" : "")
                            + ", expected " + stated + " as stated",
                    other
                            ? "boxes are drawn on the picture the other way; leave --orientation out"
                            : swapped(stored, stated)
                                    ? "was it turned, or its EXIF orientation lost, after boxes were drawn? turn it back"
                                    : null);
        } else if (outcome.turned() && way == Orientation.SHOWN) {
            turned.add(entry.fileName());
        } else if (outcome.turned() && orientation == Orientation.AUTO && stored.equals(shown)) {
            outcomes.put(entry.fileName(), new Outcome(stored, shown, false, null, null));
            found.accept(
                    FindingKind.ORIENTATION_UNCLEAR,
                    "its EXIF turns the picture for showing, and " + stated + " is its size either way",
                    null);
        }
    }

    private static boolean swapped(ImageSize a, ImageSize b) {
        return a.width() == b.height() && a.height() == b.width();
    }

    /** What to do about a file that is not there; null about one that is. */
    private @Nullable String missing(String name) {
        try {
            if (Files.exists(folder.resolve(name))) {
                return null;
            }
        } catch (InvalidPathException e) {
            return "write the name as the file has it";
        }
        String near = nearby.hint(name);
        return near.isEmpty() ? "does file_name begin in the folder of the images?" : near.substring(2);
    }
}
