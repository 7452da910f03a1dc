package opm.base;

/// A failure of the world, with what to do about it.
///
/// One subtype per remedy, each with its exit status. The message names the thing, what was found
/// and what was expected; the hint says what to do. Unsolvable requests are answers, not failures,
/// and bugs are unchecked.
public abstract sealed class OpmException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String hint;

    private OpmException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /// Returns one line that says what to do.
    public String hint() {
        return hint;
    }

    /// Returns the exit status of the command that ends with this failure.
    public abstract int exitStatus();

    /// Names the cause, for `--verbose`, and returns this.
    public OpmException because(Throwable cause) {
        initCause(cause);
        return this;
    }

    /// Change the request: bad usage, no such package, no such file given by the user. Exit 2.
    public static final class BadRequest extends OpmException {
        private static final long serialVersionUID = 1L;

        public BadRequest(String message, String hint) {
            super(message, hint);
        }

        @Override
        public int exitStatus() {
            return 2;
        }
    }

    /// Rebuild or fetch again: bytes are not what they should be. Exit 3.
    public static final class Damaged extends OpmException {
        private static final long serialVersionUID = 1L;

        public Damaged(String message, String hint) {
            super(message, hint);
        }

        @Override
        public int exitStatus() {
            return 3;
        }
    }

    /// Try later or elsewhere: network, mirror, medium. Exit 4.
    public static final class Unavailable extends OpmException {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message, String hint) {
            super(message, hint);
        }

        @Override
        public int exitStatus() {
            return 4;
        }
    }

    /// rpm, the kernel, a lock or a full disk said no. Exit 5.
    public static final class Refused extends OpmException {
        private static final long serialVersionUID = 1L;

        public Refused(String message, String hint) {
            super(message, hint);
        }

        @Override
        public int exitStatus() {
            return 5;
        }
    }
}
