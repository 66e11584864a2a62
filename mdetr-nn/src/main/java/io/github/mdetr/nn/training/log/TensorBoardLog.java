package io.github.mdetr.nn.training.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * A file of scalars for TensorBoard ({@code tensorboard --logdir FOLDER}): TFRecords of Event messages, as TensorFlow writes
 * them. Each opening makes a file of its own; TensorBoard reads all files of a folder one after the other.
 */
public final class TensorBoardLog implements MetricSink {
    private static final int MOST_FILES = 10_000;

    private final Path file;
    private final FileChannel channel;

    private TensorBoardLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Begins a file in {@code folder}, which is made where it is missing. */
    public static TensorBoardLog create(Path folder) throws IOException {
        return create(folder, System.currentTimeMillis() / 1e3);
    }

    /**
     * Begins a file of a training that resumes at a checkpoint: what earlier files of the folder hold of later steps is taken
     * out by TensorBoard, since it will be done again.
     *
     * @param step number of steps that the checkpoint has learned
     */
    public static TensorBoardLog resume(Path folder, long step) throws IOException {
        double now = System.currentTimeMillis() / 1e3;
        TensorBoardLog log = create(folder, now);
        log.append(Events.sessionStart(now, step + 1));
        return log;
    }

    static TensorBoardLog create(Path folder, double time) throws IOException {
        Files.createDirectories(folder);
        TensorBoardLog log = newFile(folder, (long) time);
        log.append(Events.fileVersion(time));
        return log;
    }

    /** TensorBoard reads files in the order of their names: by second, then by number. */
    private static TensorBoardLog newFile(Path folder, long second) throws IOException {
        for (int i = 0; ; i++) {
            Path file = folder.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.mdetr.%04d", second, i));
            try {
                return new TensorBoardLog(
                        file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            } catch (FileAlreadyExistsException e) {
                if (i == MOST_FILES) { // else it was opened twice within the second
                    throw e;
                }
            }
        }
    }

    @Override
    public void write(Metrics metrics) throws IOException {
        append(Events.scalars(metrics));
    }

    private void append(byte[] event) throws IOException {
        LogFile.write(file, channel, TfRecord.of(event));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
