package io.github.mdetr.examples.server;

/** A request that is answered with a status of 4xx or 5xx; the message says why. */
final class HttpError extends Exception {
    private static final long serialVersionUID = 1L;

    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int NOT_FOUND = 404;
    static final int METHOD_NOT_ALLOWED = 405;
    static final int TOO_LARGE = 413;
    static final int UNSUPPORTED_TYPE = 415;
    static final int UNPROCESSABLE = 422;
    static final int INTERNAL = 500;
    static final int UNAVAILABLE = 503;

    private final int status;

    HttpError(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
