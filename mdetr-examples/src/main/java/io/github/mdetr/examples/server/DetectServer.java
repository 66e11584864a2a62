package io.github.mdetr.examples.server;

import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.core.tensor.WorkCancelledException;
import io.github.mdetr.examples.json.DetectionJson;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.nn.pipeline.InputTooLargeException;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: a page at {@code /}, {@code POST /detect}, and {@code GET /health}. Every refusal is a JSON object with the
 * reason as {@code error}. On Jetty, which reads requests as they come, without a thread for each; complete ones wait in a
 * {@link WorkQueue} for one of two threads that decode pictures and ask the model.
 *
 * <p>Without a name or a password: whoever reaches the port may use it. A page of another site cannot, for a browser says where a
 * request comes from; and a service on the loopback answers to its own names only.
 */
public final class DetectServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DetectServer.class);

    /** Requests on the model: one runs, the next one's image is prepared. */
    private static final int AT_WORK = 2;

    private static final int MOST_THREADS = 16;
    private static final int HEAD_BYTES = 16 << 10;
    private static final long POOLED_BYTES = 16 << 20;
    private static final int BACKLOG = 1024;

    private final Server http;
    private final ServerConnector connector;
    private final ServerLimits limits;
    private final Detector detector;
    private final DetectCallReader reader;
    private final Page page = Page.read();
    private final Senders senders;
    private final FaultLog faults = new FaultLog(System::nanoTime);
    private final Connections connections;
    private final WorkQueue work;
    private final ScheduledExecutorService clock = WorkQueue.clock();

    private @Nullable ScheduledFuture<?> sweeping;

    private DetectServer(InetSocketAddress address, ServerLimits limits, Detector detector) {
        this.limits = limits;
        this.detector = detector;
        this.reader = new DetectCallReader(limits);
        this.senders = new Senders(address.getAddress().isLoopbackAddress());
        this.connections = new Connections(limits);
        this.work = new WorkQueue(AT_WORK, limits.maxWaiting(), limits.timeout(), clock, faults);
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS);
        threads.setName("mdetr-http");
        threads.setDaemon(true);
        this.http = new Server(threads, null, new ArrayByteBufferPool(-1, -1, -1, -1, POOLED_BYTES, POOLED_BYTES));
        this.connector = new HalfHeads(http, new HttpConnectionFactory(configuration()), connections);
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setAcceptQueueSize(BACKLOG);
        // the sweep comes first, which says why
        connector.setIdleTimeout(limits.headerTimeout().toMillis() * 3 / 2);
        connector.addBean(connections);
        http.addConnector(connector);
        http.setErrorHandler(new JsonErrors(faults, connections));
        http.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                answer(request, response, callback);
                return true;
            }
        });
    }

    private static HttpConfiguration configuration() {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendDateHeader(false);
        configuration.setRequestHeaderSize(HEAD_BYTES);
        return configuration;
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 takes a free one
     * @throws IOException when the address cannot be had
     */
    public static DetectServer start(InetSocketAddress address, ServerLimits limits, Detector detector)
            throws IOException {
        DetectServer server = new DetectServer(address, limits, detector);
        try {
            server.http.start();
        } catch (Exception e) { // what a component of the library throws on starting
            server.close();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException bind) {
                    throw bind;
                }
            }
            throw new IOException(e.getMessage(), e);
        }
        long often = Math.max(1, limits.headerTimeout().toMillis() / 10);
        server.sweeping = server.clock.scheduleWithFixedDelay(server::sweep, often, often, TimeUnit.MILLISECONDS);
        return server;
    }

    private void sweep() {
        try {
            connections.sweep();
        } catch (RuntimeException | Error e) { // the next time is another try
            faults.failure("sweep", e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        try {
            return new InetSocketAddress(InetAddress.getByName(connector.getHost()), connector.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(e); // it is an address, no name to look for
        }
    }

    private void answer(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, connections.done(request, callback), faults);
        request.addIdleTimeoutListener(late -> exchange.isAnswered()); // waiting for a result is no idling
        try {
            senders.checkHost(exchange.header("Host"));
            route(exchange);
        } catch (HttpError e) {
            if (exchange.sendsBody()) {
                BodyReader.refusing(exchange, limits, connections, e).start(clock);
            } else {
                exchange.refuse(e);
            }
        } catch (RuntimeException | IOException | Error e) {
            fail(exchange, e);
        }
    }

    private void route(Exchange exchange) throws IOException, HttpError {
        String path = exchange.request().getHttpURI().getPath();
        switch (String.valueOf(path)) {
            case "/detect" -> {
                checkMethod(exchange, "POST", DetectCallReader.Form.PARTS.example(exchange));
                senders.checkOrigin(
                        exchange.header("Sec-Fetch-Site"), exchange.header("Origin"), exchange.header("Host"));
                detect(exchange);
            }
            case "/health" -> {
                checkMethod(exchange, "GET", "");
                exchange.answer(Exchange.JSON, JsonLine.write(false, json -> {
                    json.writeStringField("status", work.isStopping() ? "stopping" : "ready");
                    json.writeNumberField("free", work.free());
                }));
            }
            case "*" -> { // OPTIONS of the whole service
                exchange.with("Allow", "GET, HEAD, POST");
                throw new HttpError(
                        HttpError.METHOD_NOT_ALLOWED, "expected GET, HEAD or POST and a path, got OPTIONS of *");
            }
            default -> {
                Page.Part part = page.part(String.valueOf(path));
                if (part == null) {
                    throw new HttpError(HttpError.NOT_FOUND, "nothing here; expected /, /detect or /health");
                }
                checkMethod(exchange, "GET", "");
                exchange.with("Content-Security-Policy", Page.POLICY).answer(part.type(), part.text());
            }
        }
    }

    private static void checkMethod(Exchange exchange, String expected, String example) throws HttpError {
        if (!exchange.method().equals(expected)) {
            exchange.with("Allow", expected.equals("GET") ? "GET, HEAD" : expected);
            throw new HttpError(
                    HttpError.METHOD_NOT_ALLOWED,
                    "expected " + expected + ", got "
                            + CallFields.shortened(exchange.request().getMethod()) + example);
        }
    }

    private void detect(Exchange exchange) throws HttpError {
        DetectCallReader.Form form = reader.checkHead(exchange);
        if (work.isStopping()) {
            throw HttpError.unavailable("the service is stopping");
        }
        BodyReader.of(exchange, limits, connections, body -> admit(exchange, form, body))
                .start(clock);
    }

    private void admit(Exchange exchange, DetectCallReader.Form form, byte[] body) {
        try {
            work.submit(exchange.client(), new WorkQueue.Task() {
                @Override
                public void run() {
                    result(exchange, form, body);
                }

                @Override
                public void refuse(HttpError why) {
                    exchange.refuse(why);
                }
            });
        } catch (HttpError e) {
            exchange.refuse(e);
        }
    }

    private void result(Exchange exchange, DetectCallReader.Form form, byte[] body) {
        try {
            DetectCall call = reader.read(exchange, form, body);
            List<DetectResult> results = detector.detect(call);
            exchange.answer(Exchange.JSON, JsonLine.write(false, json -> {
                json.writeArrayFieldStart("results");
                for (DetectResult r : results) {
                    json.writeStartObject();
                    DetectionJson.fields(json, r.withWarnings(call.notes()));
                    json.writeEndObject();
                }
                json.writeEndArray();
            }));
        } catch (HttpError e) {
            exchange.refuse(e);
        } catch (RuntimeException | IOException | Error e) {
            fail(exchange, e);
        }
    }

    private void fail(Exchange exchange, Throwable cause) {
        if (cause instanceof InputTooLargeException) {
            // which setting it is and how to raise it is for who started the service
            String why = String.valueOf(cause.getMessage()).replaceFirst(" \\([^)]*\\); make.*", "");
            exchange.refuse(new HttpError(HttpError.UNPROCESSABLE, why + "; send a smaller picture"));
        } else if (cause instanceof IllegalArgumentException || cause instanceof TokenizerException) {
            exchange.refuse(HttpError.bad(String.valueOf(cause.getMessage())));
        } else if (cause instanceof OutOfTensorMemoryException || cause instanceof OutOfMemoryError) {
            exchange.refuse(HttpError.unavailable("out of memory: " + cause.getMessage()));
        } else if (cause instanceof WorkCancelledException) {
            exchange.refuse(HttpError.unavailable("the result was given up; come again later"));
        } else {
            faults.failure("detect", cause);
            exchange.refuse(new HttpError(HttpError.INTERNAL, "the service failed; its log says why"));
        }
    }

    /**
     * Takes no more requests, lets those at work end, gives up those that have not when a sixth of {@link ServerLimits#grace} is
     * left, and gives the port back.
     */
    @Override
    public void close() {
        Duration last = limits.grace().dividedBy(6);
        if (!work.stop(limits.grace().minus(last), last.dividedBy(2))) {
            LOG.warn("stopped before all requests were answered");
        }
        try {
            http.setStopTimeout(0);
            http.stop();
        } catch (Exception e) { // what a component of the library throws on stopping
            LOG.warn("stopping: {}", e.toString());
        }
        if (sweeping != null) {
            sweeping.cancel(false);
        }
        clock.shutdownNow();
    }
}
