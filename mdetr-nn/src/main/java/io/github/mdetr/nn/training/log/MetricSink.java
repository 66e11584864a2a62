package io.github.mdetr.nn.training.log;

import java.io.IOException;

/** Where measured numbers go. What was written stays when the process dies. */
public interface MetricSink extends AutoCloseable {
    /** Writes them down. */
    void write(Metrics metrics) throws IOException;

    /** Closes the file. */
    @Override
    void close() throws IOException;
}
