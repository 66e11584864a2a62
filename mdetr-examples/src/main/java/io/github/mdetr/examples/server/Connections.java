package io.github.mdetr.examples.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The open connections and how far each has come. Slow ones cost nothing but their place: when there are too many, the one that
 * has been incomplete for longest goes, so that a newcomer always gets in; and a head must be complete in time.
 */
final class Connections implements Connection.Listener {
    private final ServerLimits limits;
    private final Map<Connection, State> open = new LinkedHashMap<>();
    private long buffered;

    /** How far one connection has come; guarded by the object that has the map. */
    private static final class State {
        private long since = System.nanoTime(); // of waiting for a head or of reading a body
        private long bytesBefore;
        private boolean atWork;
        private long held;
        private @Nullable Consumer<HttpError> refuse; // of the request whose body is read
    }

    Connections(ServerLimits limits) {
        this.limits = limits;
    }

    @Override
    public void onOpened(Connection connection) {
        Runnable shed;
        synchronized (this) {
            open.put(connection, new State());
            shed = open.size() > limits.maxConnections()
                    ? oldestIncomplete("too many connections", connection, 0)
                    : null;
        }
        if (shed != null) {
            shed.run();
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        State state = open.remove(connection);
        if (state != null) {
            buffered -= state.held;
        }
    }

    /** A head has come and its body is read; {@code refuse} ends that. */
    synchronized void reading(Connection connection, Consumer<HttpError> refuse) {
        State state = open.get(connection);
        if (state != null) {
            state.refuse = refuse;
            state.since = System.nanoTime();
        }
    }

    /** More of a body has come; others that hold something make room for it. False: there is none. */
    boolean hold(Connection connection, int bytes) {
        List<Runnable> shed = new ArrayList<>();
        boolean room;
        synchronized (this) {
            State state = open.get(connection);
            if (state == null) {
                return false;
            }
            while (buffered + bytes > limits.maxBuffered()) {
                Runnable next = oldestIncomplete("too many slow requests", connection, 1);
                if (next == null) {
                    break;
                }
                shed.add(next);
            }
            room = buffered + bytes <= limits.maxBuffered();
            if (room) {
                buffered += bytes;
                state.held += bytes;
            }
        }
        shed.forEach(Runnable::run);
        return room;
    }

    /** The request is complete. */
    synchronized void atWork(Connection connection) {
        State state = open.get(connection);
        if (state != null) {
            state.refuse = null;
            state.atWork = true;
        }
    }

    /** It was answered, and what it held is free. */
    synchronized void done(Connection connection) {
        State state = open.get(connection);
        if (state != null) {
            release(state);
            state.refuse = null;
            state.atWork = false;
            state.since = System.nanoTime();
            state.bytesBefore = connection.getBytesIn();
        }
    }

    /** The same, right before {@code answered} is called: after it the next request of the connection may begin. */
    Callback done(Request request, Callback answered) {
        Connection connection = request.getConnectionMetaData().getConnection();
        return Callback.from(() -> done(connection), answered);
    }

    private void release(State state) {
        buffered -= state.held;
        state.held = 0;
    }

    /** Takes the oldest that is not at work and holds so many bytes, and gives what ends it; null: there is none. */
    private @Nullable Runnable oldestIncomplete(String why, Connection but, long holding) {
        Map.Entry<Connection, State> oldest = null;
        for (Map.Entry<Connection, State> e : open.entrySet()) {
            State state = e.getValue();
            boolean older = oldest == null || state.since - oldest.getValue().since < 0;
            if (older && !state.atWork && state.held >= holding && e.getKey() != but) {
                oldest = e;
            }
        }
        return oldest == null ? null : ending(oldest.getKey(), HttpError.unavailable(why + "; come again later"));
    }

    private Runnable ending(Connection connection, HttpError why) {
        State state = Objects.requireNonNull(open.remove(connection));
        buffered -= state.held;
        Consumer<HttpError> refuse = state.refuse;
        if (refuse != null) {
            return () -> refuse.accept(why);
        }
        boolean begun = connection.getBytesIn() > state.bytesBefore;
        return () -> end(connection.getEndPoint(), begun ? why : null);
    }

    /** Ends those whose head is late, with an answer where a part of it has come. */
    void sweep() {
        List<Runnable> late;
        long limit = limits.headerTimeout().toNanos();
        synchronized (this) {
            long now = System.nanoTime();
            late = open.entrySet().stream()
                    .filter(e -> !e.getValue().atWork && e.getValue().refuse == null)
                    .filter(e -> now - e.getValue().since > limit)
                    .map(Map.Entry::getKey)
                    .toList()
                    .stream()
                    .map(c -> ending(
                            c,
                            new HttpError(
                                    HttpError.REQUEST_TIMEOUT,
                                    "no complete head of a request in " + TimeUnit.NANOSECONDS.toSeconds(limit)
                                            + " s")))
                    .toList();
        }
        late.forEach(Runnable::run);
    }

    private static void end(EndPoint endPoint, @Nullable HttpError why) {
        if (why == null) {
            endPoint.close();
            return;
        }
        Callback close = Callback.from(endPoint::close);
        try {
            endPoint.write(close, plain(why));
        } catch (RuntimeException e) { // its own answer is being written
            endPoint.close();
        }
    }

    /** A whole answer, where there is no request that the server could answer. */
    static ByteBuffer plain(HttpError why) {
        byte[] body = Exchange.error(why.reason()).getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + why.status() + " " + HttpStatus.getMessage(why.status())
                + "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(bytes.length + body.length)
                .put(bytes)
                .put(body)
                .flip();
    }

    /** Whether a part of a head has come, and no more yet. */
    synchronized boolean isInHead(Connection connection) {
        State state = open.get(connection);
        return state != null && !state.atWork && state.refuse == null && connection.getBytesIn() > state.bytesBefore;
    }
}
