package io.github.mdetr.nn.data.check;

import io.github.mdetr.nn.data.CaptionedImage;
import io.github.mdetr.nn.image.ImageReadException;
import io.github.mdetr.nn.image.ImageReader;
import io.github.mdetr.nn.image.ImageSize;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which of the images that entries name can be decoded, and of which size they are. */
final class ImageFiles {
    /**
     * An image.
     *
     * @param size null where it cannot be read
     * @param problem why not
     */
    private record Outcome(
            @Nullable ImageSize size, @Nullable String problem) {}

    private final Map<String, Outcome> outcomes;
    private final Map<String, Integer> uses = new LinkedHashMap<>();

    /** Decodes every image once, on all processors. */
    ImageFiles(List<CaptionedImage> entries, Path folder, Runnable step) {
        entries.forEach(e -> uses.merge(e.fileName(), 1, Integer::sum));
        ImageReader reader = ImageReader.of(ImageReader.Mode.STORED);
        outcomes = uses.keySet().parallelStream().collect(Collectors.toConcurrentMap(name -> name, name -> {
            Outcome outcome = read(reader, folder, name);
            step.run();
            return outcome;
        }));
    }

    private static Outcome read(ImageReader reader, Path folder, String name) {
        try {
            return new Outcome(reader.read(folder.resolve(name)).size(), null);
        } catch (ImageReadException e) {
            return new Outcome(null, e.getMessage());
        } catch (InvalidPathException e) {
            return new Outcome(null, "is no name of a file: " + e.getReason());
        }
    }

    /** What is wrong with the entry's image; each unreadable file is told once, with the first entry that names it. */
    @Nullable
    Finding check(CaptionedImage entry) {
        Outcome outcome = outcomes.get(entry.fileName());
        if (outcome == null) {
            return null; // told before
        }
        ImageSize size = outcome.size();
        if (size == null) {
            outcomes.remove(entry.fileName());
            int more = uses.getOrDefault(entry.fileName(), 1) - 1;
            return new Finding(
                    FindingKind.IMAGE_UNREADABLE,
                    outcome.problem() + (more == 0 ? "" : "; " + more + " more entries name it"));
        }
        if (size.width() == entry.width() && size.height() == entry.height()) {
            return null;
        }
        boolean turned = size.width() == entry.height() && size.height() == entry.width();
        return new Finding(
                FindingKind.IMAGE_SIZE,
                "the image has " + size + " pixels, expected " + entry.width() + "x" + entry.height() + " as stated"
                        + (turned ? "; was it turned by its EXIF orientation when boxes were drawn?" : ""));
    }
}
