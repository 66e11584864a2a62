package io.github.mdetr.examples.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code java -jar mdetr.jar serve} as a process of its own. */
final class ServedProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on http://localhost:(\\d+)/");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    private final Process process;
    private final Path log;
    private final int port;

    private ServedProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts it and waits until it listens. */
    static ServedProcess start(List<String> command, Path log) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("OMP_WAIT_POLICY", "passive"); // it shares the cores with its clients
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher said = LISTENING.matcher(Files.readString(log));
            if (said.find()) {
                return new ServedProcess(process, log, Integer.parseInt(said.group(1)));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        process.destroyForcibly();
        throw new IOException("the service does not listen: " + Files.readString(log));
    }

    int port() {
        return port;
    }

    URI at(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its resident set in MiB. */
    double resident() throws IOException {
        Matcher m = RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!m.find()) {
            throw new IOException("the system reports no resident set");
        }
        return Long.parseLong(m.group(1)) / 1024.0;
    }

    long logBytes() throws IOException {
        return Files.size(log);
    }

    /** Sends SIGTERM and gives the seconds until the process ends; −1 when it is still there after a minute. */
    double terminate() throws InterruptedException {
        long start = System.nanoTime();
        process.destroy();
        return process.waitFor(1, TimeUnit.MINUTES) ? (System.nanoTime() - start) / 1e9 : -1;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
