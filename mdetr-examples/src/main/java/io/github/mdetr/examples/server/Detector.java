package io.github.mdetr.examples.server;

import io.github.mdetr.nn.pipeline.DetectResult;
import java.util.List;

/** What the service asks: a model, or what a test puts in its place. Called by several threads. */
@FunctionalInterface
public interface Detector {
    /**
     * Finds what the request asks for.
     *
     * @return one result for its caption, or one for each of its phrases
     * @throws IllegalArgumentException when a caption is too long
     */
    List<DetectResult> detect(DetectCall call);
}
