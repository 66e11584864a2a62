package io.github.mdetr.examples.server;

/** A request that is answered with a status of 4xx or 5xx; the message says why. */
final class HttpError extends Exception {
    private static final long serialVersionUID = 1L;

    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int REQUEST_TIMEOUT = 408;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_TYPE = 415;
    static final int UNPROCESSABLE = 422;
    static final int INTERNAL = 500;
    static final int UNAVAILABLE = 503;

    private final int status;

    HttpError(int status, String message) {
        super(message, null, false, false); // who asked badly is answered, nobody reads a trace
        this.status = status;
    }

    static HttpError bad(String message) {
        return new HttpError(BAD_REQUEST, message);
    }

    static HttpError unavailable(String message) {
        return new HttpError(UNAVAILABLE, message);
    }

    int status() {
        return status;
    }

    /** The reason. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
