package io.github.mdetr.examples.server;

import io.github.mdetr.examples.json.JsonLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request and its answer, which is given once: whoever comes first, a result, a refusal or the end of its time. */
final class Exchange {
    static final String JSON = "application/json";

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,100}");

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final FaultLog faults;
    private final AtomicBoolean answered = new AtomicBoolean();

    Exchange(Request request, Response response, Callback callback, FaultLog faults) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.faults = faults;
    }

    Request request() {
        return request;
    }

    /** The method; {@code HEAD} is {@code GET}, whose body the server leaves out. */
    String method() {
        return request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    }

    /** A header of the request, or null. */
    @Nullable
    String header(String name) {
        return request.getHeaders().get(name);
    }

    /** How it was reached, for an example: {@code http://localhost:8080}. */
    String address() {
        String host = header("Host");
        return "http://" + (host != null && HOST.matcher(host).matches() ? host : "localhost");
    }

    /** Whether a body comes with the request, or waits for a word that it may come. */
    boolean sendsBody() {
        boolean announced = request.getLength() > 0 || header("Transfer-Encoding") != null;
        return announced && header("Expect") == null;
    }

    Connection connection() {
        return request.getConnectionMetaData().getConnection();
    }

    /** Who asks: an address, of IPv6 the network of 64 bits, which belongs to one customer. */
    String client() {
        return client(request.getConnectionMetaData().getRemoteSocketAddress());
    }

    static String client(SocketAddress address) {
        InetAddress ip = address instanceof InetSocketAddress a ? a.getAddress() : null;
        if (ip instanceof Inet6Address six && !six.isLoopbackAddress()) {
            byte[] bytes = six.getAddress();
            Arrays.fill(bytes, 8, 16, (byte) 0);
            try {
                return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // 16 bytes are an address
            }
        }
        return ip == null ? String.valueOf(address) : ip.getHostAddress();
    }

    /** A header of the answer. */
    Exchange with(String header, String value) {
        response.getHeaders().put(header, value);
        return this;
    }

    boolean isAnswered() {
        return answered.get();
    }

    /** Refuses; without effect when it was answered. */
    void refuse(HttpError e) {
        if (answered.compareAndSet(false, true)) {
            if (e.status() != HttpError.INTERNAL) {
                faults.client(client(), e.status(), e.reason());
            }
            if (e.status() == HttpError.UNAVAILABLE) {
                with("Retry-After", "1");
            }
            write(e.status(), JSON, error(e.reason()));
        }
    }

    /** The same where the rest of the request is not read: the connection ends with the answer. */
    void refuseAndClose(HttpError e) {
        if (!answered.get()) {
            with("Connection", "close");
            refuse(e);
        }
    }

    /** Answers; without effect when it was answered. */
    void answer(String type, String text) {
        if (answered.compareAndSet(false, true)) {
            write(200, type, text);
        }
    }

    private void write(int status, String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        headers(response.getHeaders(), type, bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }

    private static void headers(HttpFields.Mutable headers, String type, int length) {
        headers.put(HttpHeader.CONTENT_TYPE, type + "; charset=utf-8");
        headers.put(new HttpField("X-Content-Type-Options", "nosniff"));
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
        headers.put(HttpHeader.CONTENT_LENGTH, length);
    }

    /** The object that says why a request is refused. */
    static String error(String message) {
        try {
            return JsonLine.write(false, json -> json.writeStringField("error", message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
