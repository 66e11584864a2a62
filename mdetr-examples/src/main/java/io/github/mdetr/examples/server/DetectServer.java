package io.github.mdetr.examples.server;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.mdetr.core.tensor.OutOfTensorMemoryException;
import io.github.mdetr.examples.json.DetectionJson;
import io.github.mdetr.examples.json.JsonLine;
import io.github.mdetr.nn.pipeline.DetectResult;
import io.github.mdetr.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service: a page at {@code /}, {@code POST /detect}, and {@code GET /health}. Every refusal is a JSON object with the
 * reason as {@code error}. On the JDK's HTTP server; several requests are read and decoded at once, and as many as
 * {@link ServerLimits#maxWaiting} wait for the model.
 *
 * <p>Without a name or a password: whoever reaches the port may use it. A page of another site cannot, for a browser asks
 * before it sends JSON elsewhere and is not allowed to; and a service on the loopback answers to its own names only.
 */
public final class DetectServer implements AutoCloseable {
    /** So many times the longest request is read of one that is too long, to tell its sender why it is refused. */
    private static final long MOST_READ = 5;

    private static final Logger LOG = LoggerFactory.getLogger(DetectServer.class);
    private static final String JSON = "application/json";

    /** Requests on the model: one runs, the next one's image is prepared. */
    private static final int AT_WORK = 2;

    /** Most connections with a request; slow ones must not keep quick ones out. */
    private static final int CONNECTIONS = 64;

    private final HttpServer http;
    private final ServerLimits limits;
    private final Detector detector;
    private final DetectCallReader reader;
    private final Page page = Page.read();
    private final Semaphore admitted;
    private final ExecutorService connections;
    private final ExecutorService work;
    private final boolean loopback;
    private volatile boolean stopping;

    private DetectServer(HttpServer http, boolean loopback, ServerLimits limits, Detector detector) {
        this.http = http;
        this.loopback = loopback;
        this.limits = limits;
        this.detector = detector;
        this.reader = new DetectCallReader(limits);
        this.admitted = new Semaphore(AT_WORK + limits.maxWaiting());
        this.connections = new ThreadPoolExecutor(0, CONNECTIONS, 10, TimeUnit.SECONDS, new SynchronousQueue<>());
        this.work = Executors.newFixedThreadPool(AT_WORK);
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 takes a free one
     * @throws IOException when the address cannot be had
     */
    public static DetectServer start(InetSocketAddress address, ServerLimits limits, Detector detector)
            throws IOException {
        // The server's own limits on slow requests are properties alone, read when the first one is made.
        String seconds = Long.toString(limits.timeout().toSeconds());
        System.setProperty("sun.net.httpserver.maxReqTime", seconds);
        System.setProperty("sun.net.httpserver.maxRspTime", seconds);
        HttpServer http = HttpServer.create(address, 0);
        DetectServer server = new DetectServer(http, address.getAddress().isLoopbackAddress(), limits, detector);
        http.createContext("/", server::handle);
        http.setExecutor(server.connections);
        http.start();
        return server;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                answer(exchange);
            } catch (HttpError e) {
                if (e.status() == HttpError.UNAVAILABLE) {
                    exchange.getResponseHeaders().set("Retry-After", "1");
                }
                send(exchange, e.status(), JSON, error(String.valueOf(e.getMessage())));
            } catch (RuntimeException | Error e) {
                LOG.error("{} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                send(exchange, HttpError.INTERNAL, JSON, error("the service failed; its log says why"));
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException, HttpError {
        checkHost(exchange.getRequestHeaders());
        String path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/detect" -> {
                checkMethod(exchange, "POST");
                detect(exchange);
            }
            case "/health" -> {
                checkMethod(exchange, "GET");
                send(exchange, 200, JSON, JsonLine.write(false, json -> {
                    json.writeStringField("status", stopping ? "stopping" : "ready");
                    json.writeNumberField("free", admitted.availablePermits());
                }));
            }
            default -> {
                Page.Part part = page.part(path);
                if (part == null) {
                    throw new HttpError(HttpError.NOT_FOUND, "nothing here; expected /, /detect or /health");
                }
                checkMethod(exchange, "GET");
                exchange.getResponseHeaders().set("Content-Security-Policy", Page.POLICY);
                send(exchange, 200, part.type(), part.text());
            }
        }
    }

    /** A name that another site gave this machine's own address must not open it to that site's page. */
    private void checkHost(Headers headers) throws HttpError {
        String host = headers.getFirst("Host");
        if (loopback && host != null) {
            String name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
            if (!List.of("localhost", "127.0.0.1", "[::1]").contains(name)) {
                throw new HttpError(
                        HttpError.FORBIDDEN, "expected localhost as the host; start with --host to serve others");
            }
        }
    }

    private static void checkMethod(HttpExchange exchange, String expected) throws HttpError {
        String got = exchange.getRequestMethod();
        if (!got.equals(expected)) {
            exchange.getResponseHeaders().set("Allow", expected);
            throw new HttpError(HttpError.METHOD_NOT_ALLOWED, "expected " + expected + ", got " + got);
        }
    }

    private void detect(HttpExchange exchange) throws IOException, HttpError {
        String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(JSON)) {
            throw new HttpError(HttpError.UNSUPPORTED_TYPE, "expected Content-Type " + JSON);
        }
        if (stopping) {
            throw new HttpError(HttpError.UNAVAILABLE, "the service is stopping");
        }
        if (!admitted.tryAcquire()) {
            throw new HttpError(
                    HttpError.UNAVAILABLE, limits.maxWaiting() + " requests are waiting already; come again later");
        }
        try {
            DetectCall call = reader.read(body(exchange));
            List<DetectResult> results = result(call);
            send(exchange, 200, JSON, JsonLine.write(false, json -> {
                json.writeArrayFieldStart("results");
                for (DetectResult r : results) {
                    json.writeStartObject();
                    DetectionJson.fields(json, r);
                    json.writeEndObject();
                }
                json.writeEndArray();
            }));
        } finally {
            admitted.release();
        }
    }

    private HttpError tooLarge() {
        return new HttpError(
                HttpError.TOO_LARGE,
                "the request is larger than " + limits.maxBytes() + " bytes; send a smaller picture");
    }

    private byte[] body(HttpExchange exchange) throws IOException, HttpError {
        String announced = exchange.getRequestHeaders().getFirst("Content-Length");
        if (announced != null && Long.parseLong(announced) > MOST_READ * limits.maxBytes()) {
            throw tooLarge();
        }
        try (InputStream in = exchange.getRequestBody()) {
            byte[] bytes = in.readNBytes(limits.maxBytes() + 1);
            if (bytes.length > limits.maxBytes()) {
                // who is refused while sending would see the connection break, not the reason
                byte[] rest = new byte[1 << 16];
                for (long left = (MOST_READ - 1) * limits.maxBytes(); left > 0; left -= rest.length) {
                    if (in.readNBytes(rest, 0, rest.length) < rest.length) {
                        break;
                    }
                }
                throw tooLarge();
            }
            return bytes;
        }
    }

    private List<DetectResult> result(DetectCall call) throws HttpError {
        Future<List<DetectResult>> found = work.submit(() -> detector.detect(call));
        try {
            return found.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            found.cancel(false);
            throw new HttpError(
                    HttpError.UNAVAILABLE, "no result in " + limits.timeout().toSeconds() + " s; come again later");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpError(HttpError.UNAVAILABLE, "the service is stopping");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static HttpError failure(@Nullable Throwable cause) {
        if (cause instanceof IllegalArgumentException || cause instanceof TokenizerException) {
            return new HttpError(HttpError.BAD_REQUEST, String.valueOf(cause.getMessage()));
        }
        if (cause instanceof OutOfTensorMemoryException || cause instanceof OutOfMemoryError) {
            return new HttpError(HttpError.UNAVAILABLE, "out of memory: " + cause.getMessage());
        }
        LOG.error("detect", cause);
        return new HttpError(HttpError.INTERNAL, "the service failed; its log says why");
    }

    private static String error(String message) throws IOException {
        return JsonLine.write(false, json -> json.writeStringField("error", message));
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type + "; charset=utf-8");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Cache-Control", "no-store");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        if (!head) {
            try (OutputStream body = exchange.getResponseBody()) { // sent when it is closed
                body.write(bytes);
            }
        }
    }

    /** Takes no more requests, lets those at work end within {@link ServerLimits#grace}, and gives the port back. */
    @Override
    public void close() {
        stopping = true;
        try {
            if (!admitted.tryAcquire(
                    AT_WORK + limits.maxWaiting(), limits.grace().toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("stopped before all requests were answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.stop(0);
        connections.shutdownNow();
        work.shutdown();
    }
}
