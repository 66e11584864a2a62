package io.github.mdetr.nn.data;

import io.github.mdetr.nn.data.EntryProblem.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps all entries, and puts annotations to their images. */
final class AnnotationCollector implements AnnotationSink {
    private record Placed(int index, Annotation annotation) {}

    private final EntryProblems.Builder problems;
    private final Map<String, CaptionedImage> images = new LinkedHashMap<>();
    private final Map<String, List<Placed>> annotations = new LinkedHashMap<>();

    /** Images that are there but have errors: their annotations are no orphans. */
    private final Set<String> broken = new HashSet<>();

    AnnotationCollector(int listed) {
        problems = new EntryProblems.Builder(listed);
    }

    @Override
    public void begin(String list) {
        if (list.equals(AnnotationReader.IMAGES)) {
            images.clear();
            broken.clear();
        } else {
            annotations.clear();
        }
    }

    @Override
    public void image(int index, CaptionedImage image) {
        if (images.putIfAbsent(image.id(), image) != null) {
            problem(new EntryProblem(
                    Kind.ID_TWICE,
                    AnnotationReader.IMAGES,
                    index,
                    image.id(),
                    null,
                    "id",
                    "expected an id of its own, got that of an image before in images[" + index + "]"));
        }
    }

    @Override
    public void annotation(int index, String image, Annotation annotation) {
        annotations.computeIfAbsent(image, i -> new ArrayList<>()).add(new Placed(index, annotation));
    }

    @Override
    public void problem(EntryProblem problem) {
        problems.add(problem);
        if (problem.list().equals(AnnotationReader.IMAGES) && problem.image() != null) {
            broken.add(problem.image());
        }
    }

    AnnotationFile file() {
        annotations.forEach((image, placed) -> {
            if (!images.containsKey(image) && !broken.contains(image)) {
                placed.forEach(p -> orphan(image, p));
            }
        });
        return new AnnotationFile(images.values().stream().map(this::annotated).toList(), problems.build());
    }

    private CaptionedImage annotated(CaptionedImage image) {
        List<Placed> placed = annotations.get(image.id());
        return placed == null
                ? image
                : image.withAnnotations(placed.stream().map(Placed::annotation).toList());
    }

    private void orphan(String image, Placed placed) {
        problem(new EntryProblem(
                Kind.ORPHAN,
                AnnotationReader.ANNOTATIONS,
                placed.index(),
                image,
                placed.annotation().id(),
                "image_id",
                "expected the id of one of 'images', got " + image));
    }
}
