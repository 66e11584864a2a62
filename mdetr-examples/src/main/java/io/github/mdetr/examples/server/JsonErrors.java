package io.github.mdetr.examples.server;

import java.io.IOException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the server itself refuses, such as a head that is no HTTP, answered as all else is. */
final class JsonErrors extends ErrorHandler {
    /** How the parser names the first byte of a TLS handshake (RFC 8446, section 5.1). */
    private static final String TLS_RECORD = "CNTL=0x16";

    private final FaultLog faults;
    private final Connections connections;

    JsonErrors(FaultLog faults, Connections connections) {
        this.faults = faults;
        this.connections = connections;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Object stated = request.getAttribute(ERROR_MESSAGE);
        Object cause = request.getAttribute(ERROR_EXCEPTION);
        Exchange exchange = new Exchange(request, response, connections.done(request, callback), faults);
        if (cause instanceof IOException) { // the connection ended; nobody hears why
            exchange.refuse(new HttpError(HttpError.BAD_REQUEST, "the connection ended"));
        } else if (status >= 500
                && status != HttpStatus.NOT_IMPLEMENTED_501
                && status != HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505) {
            faults.failure(request.getMethod() + " " + status, cause instanceof Throwable t ? t : null);
            exchange.refuse(new HttpError(status, "the service failed; its log says why"));
        } else {
            exchange.refuse(new HttpError(
                    status,
                    reason(status, stated != null ? stated : cause instanceof HttpException e ? e.getReason() : null)));
        }
        return true;
    }

    private static String reason(int status, @Nullable Object stated) {
        if (stated != null && stated.toString().contains(TLS_RECORD)) {
            return "expected plain HTTP, got TLS; call it by http://, or put a proxy that ends TLS in front of it";
        }
        String general = HttpStatus.getMessage(status);
        return "not the HTTP that is expected: "
                + (stated == null || stated.toString().isBlank() ? general : stated);
    }
}
