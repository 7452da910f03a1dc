package opm.host;

import java.io.IOException;
import opm.base.OpmException;

/// An [OpmException] on its way through an `InputStream`, which can throw nothing but this.
public final class StreamFailure extends IOException {
    private static final long serialVersionUID = 1L;
    private final OpmException failure;

    public StreamFailure(OpmException failure) {
        super(failure.getMessage(), failure);
        this.failure = failure;
    }

    /// Returns the failure that travelled.
    public OpmException failure() {
        return failure;
    }

    /// Returns the failure that travelled in `e`, or names `subject` as unreadable.
    public static OpmException of(IOException e, String subject) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamFailure travelled) {
                return travelled.failure();
            }
        }
        return Failures.reading(e, subject);
    }
}
