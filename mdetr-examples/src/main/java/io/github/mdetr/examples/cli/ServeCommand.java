package io.github.mdetr.examples.cli;

import io.github.mdetr.examples.server.DetectCall;
import io.github.mdetr.examples.server.DetectServer;
import io.github.mdetr.examples.server.ServerLimits;
import io.github.mdetr.nn.pipeline.DetectRequest;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.LoadOptions;
import io.github.mdetr.nn.pipeline.Mdetr;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a page and {@code POST /detect}. */
@Command(
        name = "serve",
        description = {
            "Serves a page where a picture and a caption are given and boxes and words light up together, and POST /detect"
                    + " for programs. On this machine alone unless --host says otherwise; there is no password.",
            "Stops on an interrupt (Ctrl-C) or a termination signal, after the requests at work.",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mdetr serve --weights mdetr-r101.safetensors --vocab roberta-base",
            "  curl -H 'Content-Type: application/json' http://localhost:8080/detect \\",
            "      -d \"{\\\"image\\\": \\\"$(base64 -w0 dogs.jpg)\\\", \\\"caption\\\": \\\"two dogs\\\"}\"",
        })
final class ServeCommand implements Callable<Integer> {
    /** From a signal to the end of the process; {@link ServerLimits#grace} is shorter. */
    private static final long MOST_SECONDS = 28;

    /** Admits every published size; strangers get no more, since time grows with the square. */
    private static final long IMAGE_TOKENS = 5000;

    /** The exit code of a process that SIGTERM ended. */
    private static final int TERMINATED = 143;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            required = true,
            description = "The checkpoint: safetensors, or a .pth of PyTorch.")
    private Path weights = Path.of("");

    @Option(
            names = {"--vocab", "--vocabulary"},
            paramLabel = "DIR",
            description =
                    "Folder with vocab.json and merges.txt, or with tokenizer.json; by default that of the weights.")
    private @Nullable Path vocabulary;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; 0.0.0.0 is all of this machine's. Default: ${DEFAULT-VALUE}.")
    private String host = "";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "The port; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            defaultValue = "20971520",
            description = "Longest request. Default: ${DEFAULT-VALUE}.")
    private int maxBytes;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            defaultValue = "25000000",
            description = "Largest picture. Default: ${DEFAULT-VALUE}.")
    private long maxPixels;

    @Option(
            names = "--max-waiting",
            paramLabel = "N",
            defaultValue = "8",
            description = "Requests that may wait; the next is answered with 503. Default: ${DEFAULT-VALUE}.")
    private int maxWaiting;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Longest time to read a request, and to wait for its result. Default: ${DEFAULT-VALUE}.")
    private int timeout;

    @Mixin
    private InputLimitOption inputLimit = new InputLimitOption();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        ServerLimits limits = limits();
        InetSocketAddress address = address();
        LoadOptions.Builder load = model.loading().precision(precision.value()).limits(inputLimit.value(IMAGE_TOKENS));
        if (vocabulary != null) {
            load.vocabulary(vocabulary);
        }
        CountDownLatch ended = new CountDownLatch(1);
        try (Mdetr mdetr = Mdetr.load(weights, load.build());
                DetectServer server = start(address, limits, mdetr)) {
            PrintWriter err = spec.commandLine().getErr();
            InetSocketAddress at = server.address();
            err.println(spec.qualifiedName() + ": listening on http://" + name(at) + ":" + at.getPort() + "/");
            Thread waiting = Thread.currentThread();
            Thread hook = new Thread(() -> {
                waiting.interrupt();
                awaitEnd(ended);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                err.println(spec.qualifiedName() + ": stopping");
            }
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /**
     * The process ends when its hooks have: this one when the requests at work have been answered, or given up; what does not
     * end even so is left where it is, since the half minute was promised.
     */
    private static void awaitEnd(CountDownLatch ended) {
        try {
            if (!ended.await(MOST_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(TERMINATED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static DetectServer start(InetSocketAddress address, ServerLimits limits, Mdetr mdetr) throws IOException {
        try {
            return DetectServer.start(address, limits, call -> detect(mdetr, call));
        } catch (BindException e) {
            throw new IOException(
                    "--port: " + address.getHostString() + ":" + address.getPort() + " cannot be listened on ("
                            + e.getMessage() + "); take another, or 0 for a free one",
                    e);
        }
    }

    private static List<DetectResult> detect(Mdetr mdetr, DetectCall call) {
        return call.caption() == null
                ? mdetr.detectEach(call.image(), call.phrases(), call.options())
                : mdetr.detect(List.of(DetectRequest.of(call.image(), call.caption())), call.options());
    }

    private static String name(InetSocketAddress at) {
        return at.getAddress().isLoopbackAddress() ? "localhost" : at.getHostString();
    }

    private InetSocketAddress address() throws IOException {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("--port: expected 0 to 65535, got " + port);
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IOException("--host: no address is known for '" + host + "'", e);
        }
    }

    private ServerLimits limits() {
        check("--max-bytes", maxBytes, 1 << 30);
        check("--max-pixels", maxPixels, Integer.MAX_VALUE / 3); // three bytes each in an array
        check("--max-waiting", maxWaiting, 1000);
        check("--timeout", timeout, 24 * 3600);
        return ServerLimits.defaults()
                .withMaxBytes(maxBytes)
                .withMaxPixels(maxPixels)
                .withMaxWaiting(maxWaiting)
                .withTimeout(Duration.ofSeconds(timeout));
    }

    private static void check(String option, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(option + ": expected 1 to " + most + ", got " + value);
        }
    }
}
