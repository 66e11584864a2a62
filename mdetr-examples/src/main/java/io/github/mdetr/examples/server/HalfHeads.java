package io.github.mdetr.examples.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Connections that answer who stops sending in the middle of a head and still listens; Jetty's own end without a word. */
final class HalfHeads extends ServerConnector {
    private static final String WHY = "the connection ended before the head of a request was complete";

    private final Connections connections;

    HalfHeads(Server server, HttpConnectionFactory http, Connections connections) {
        super(server, 1, 1, http);
        this.connections = connections;
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
            @Override
            public int fill(ByteBuffer buffer) throws IOException {
                int filled = super.fill(buffer);
                if (filled < 0 && connections.isInHead(getConnection())) {
                    // short enough for the socket's buffer; nothing else is written in the middle of a head
                    getChannel().write(Connections.plain(HttpError.bad(WHY)));
                    getChannel().shutdownOutput();
                }
                return filled;
            }
        };
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }
}
