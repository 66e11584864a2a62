package io.github.mdetr.examples.server;

import io.github.mdetr.nn.box.PixelBox;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.Detection;
import io.github.mdetr.nn.pipeline.Phrase;
import java.util.ArrayList;
import java.util.List;

/** A detector that knows {@link Picture}: what is said to be red is the left square, what is said to be blue the right one. */
final class Answers implements Detector {
    @Override
    public List<DetectResult> detect(DetectCall call) {
        String caption = call.caption();
        return (caption == null ? call.phrases() : List.of(caption))
                .stream().map(text -> result(call, text)).toList();
    }

    private static DetectResult result(DetectCall call, String text) {
        int w = call.image().width();
        int h = call.image().height();
        List<Detection> found = new ArrayList<>();
        add(found, text, "red square", 0.9f, PixelBox.of(0.225f, 0.25f + 0.125f * w / h, 0.25f, 0.25f * w / h, w, h));
        add(found, text, "blue square", 0.8f, PixelBox.of(0.725f, 0.5f + 0.125f * w / h, 0.25f, 0.25f * w / h, w, h));
        List<String> warnings = found.isEmpty() ? List.of("caption may not describe this image") : List.of();
        return new DetectResult(w, h, text, found, warnings);
    }

    private static void add(List<Detection> found, String text, String name, float score, PixelBox box) {
        int begin = text.indexOf(name);
        if (begin >= 0) {
            Phrase phrase = new Phrase(begin, begin + name.length(), name, 0.5f);
            found.add(new Detection(found.size(), score, 1 - score, null, box, List.of(phrase), List.of()));
        }
    }
}
