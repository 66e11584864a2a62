package io.github.mdetr.nn.training.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** What is written at once or not at all; an error, such as a full disk, names the file. */
final class LogFile {
    private LogFile() {}

    static void write(Path file, FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        long end = channel.size();
        try {
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            try {
                channel.truncate(end); // a part of a line would be one with what comes behind it
            } catch (IOException another) {
                e.addSuppressed(another);
            }
            throw new IOException(
                    file + ": cannot write the log: " + e.getMessage() + "; free space or choose another disk", e);
        }
    }
}
