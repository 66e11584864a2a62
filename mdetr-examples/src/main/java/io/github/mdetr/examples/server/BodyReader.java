package io.github.mdetr.examples.server;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request as it comes, without a thread that waits. What is too long is read to five times the limit and
 * thrown away, since who is refused while sending would see the connection break and not the reason.
 */
final class BodyReader {
    /** So many times the longest request is read of one that is too long. */
    private static final long MOST_READ = 5;

    private final Exchange exchange;
    private final ServerLimits limits;
    private final Connections connections;
    private final Connection connection;
    private final Consumer<byte[]> whole;
    private final @Nullable HttpError refusal;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private @Nullable ScheduledFuture<?> end;
    private long length;
    private boolean over;

    private BodyReader(
            Exchange exchange,
            ServerLimits limits,
            Connections connections,
            Consumer<byte[]> whole,
            @Nullable HttpError refusal) {
        this.refusal = refusal;
        this.exchange = exchange;
        this.limits = limits;
        this.connections = connections;
        this.connection = exchange.connection();
        this.whole = whole;
    }

    /** One that gives the body to {@code whole}. */
    static BodyReader of(Exchange exchange, ServerLimits limits, Connections connections, Consumer<byte[]> whole) {
        return new BodyReader(exchange, limits, connections, whole, null);
    }

    /** One that throws the body away and then refuses the request for that reason, so that its sender hears of it. */
    static BodyReader refusing(Exchange exchange, ServerLimits limits, Connections connections, HttpError refusal) {
        return new BodyReader(exchange, limits, connections, body -> {}, refusal);
    }

    /** Begins; {@code whole} gets the body, or the exchange is refused. */
    void start(ScheduledExecutorService clock) {
        long announced = exchange.request().getLength();
        if (announced > MOST_READ * limits.maxBytes()) {
            exchange.refuseAndClose(tooLarge());
            return;
        }
        connections.reading(connection, this::giveUp);
        synchronized (this) {
            end = clock.schedule(
                    () -> giveUp(new HttpError(
                            HttpError.REQUEST_TIMEOUT,
                            "the request was not complete in " + WorkQueue.seconds(limits.timeout()) + " s")),
                    limits.timeout().toMillis(),
                    TimeUnit.MILLISECONDS);
        }
        read();
    }

    private void read() {
        while (true) {
            Content.Chunk chunk;
            synchronized (this) {
                if (over) {
                    return;
                }
                chunk = exchange.request().read();
                if (chunk == null) {
                    exchange.request().demand(this::read);
                    return;
                }
            }
            if (Content.Chunk.isFailure(chunk)) {
                giveUp(failure(chunk.getFailure()));
                return;
            }
            boolean last = chunk.isLast();
            boolean room = take(chunk);
            chunk.release();
            if (!room) {
                giveUp(HttpError.unavailable("the service holds too many requests; come again later"));
                return;
            }
            if (last) {
                complete();
                return;
            }
            if (length > MOST_READ * limits.maxBytes()) {
                giveUp(tooLarge());
                return;
            }
        }
    }

    /** Keeps what there is, or only counts it when it is too long anyway; false: there is no room. */
    private boolean take(Content.Chunk chunk) {
        int more = chunk.remaining();
        length += more;
        if (refusal != null || length > limits.maxBytes()) {
            bytes.reset();
            return true;
        }
        if (more > 0) {
            if (!connections.hold(connection, more)) {
                return false;
            }
            byte[] part = new byte[more];
            chunk.getByteBuffer().get(part);
            bytes.writeBytes(part);
        }
        return true;
    }

    private void complete() {
        if (!finish()) {
            return;
        }
        if (refusal != null) {
            exchange.refuse(refusal);
        } else if (length > limits.maxBytes()) {
            exchange.refuse(tooLarge());
        } else {
            connections.atWork(connection);
            whole.accept(bytes.toByteArray());
        }
    }

    private synchronized boolean finish() {
        if (over) {
            return false;
        }
        over = true;
        if (end != null) {
            end.cancel(false);
        }
        return true;
    }

    private void giveUp(HttpError why) {
        if (finish()) {
            exchange.refuseAndClose(why);
        }
    }

    private HttpError failure(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return new HttpError(HttpError.REQUEST_TIMEOUT, "the request stopped coming before it was complete");
        }
        String why = cause instanceof HttpException http ? String.valueOf(http.getReason()) : "the connection ended";
        if (why.equals("Early EOF") && exchange.header("Transfer-Encoding") != null) {
            why = "Early EOF, or a chunk whose size is not written in hexadecimal digits";
        }
        int status =
                cause instanceof HttpException http && http.getCode() < 500 ? http.getCode() : HttpError.BAD_REQUEST;
        return new HttpError(status, "the body is not the HTTP that is expected: " + why);
    }

    private HttpError tooLarge() {
        return new HttpError(
                HttpError.TOO_LARGE,
                "the request is larger than " + limits.maxBytes() + " bytes; send a smaller picture");
    }
}
