package io.github.mdetr.nn.training;

import io.github.mdetr.nn.data.TrainingExample;
import java.io.IOException;
import java.util.List;

/**
 * Where batches come from. A batch is a function of its step alone, so that batches can be made ahead on other threads, and
 * training that resumes at a step sees what it would have seen.
 */
@FunctionalInterface
public interface ExampleSource {
    /**
     * The examples of a step, each with as many captions. Called from several threads.
     *
     * @param step from 0 on; where a step has several batches, the number of the batch
     */
    List<TrainingExample> examples(long step) throws IOException;
}
