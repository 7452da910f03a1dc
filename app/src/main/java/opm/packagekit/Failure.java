package opm.packagekit;

import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// A job that ends with an error of PackageKit's own list.
final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final String word;
    private final @Nullable String hint;

    Failure(String word, String text, @Nullable String hint) {
        super(text);
        this.word = word;
        this.hint = hint;
    }

    /// Says what went wrong under another word than its kind has.
    static Failure of(String word, OpmException e) {
        return new Failure(word, String.valueOf(e.getMessage()), e.hint());
    }

    static Failure cancelled() {
        return new Failure("transaction-cancelled", "cancelled", null);
    }

    void tell(Answer answer) {
        answer.error(word, String.valueOf(getMessage()), hint);
    }

    /// Tells a failure of the world, by the remedy that it has.
    static void tell(Answer answer, OpmException e) {
        String word =
                switch (e) {
                    case OpmException.BadRequest _ -> "package-not-found";
                    case OpmException.Damaged _ -> "repo-configuration-error";
                    case OpmException.Unavailable _ -> "cannot-fetch-sources";
                    case OpmException.Refused _ -> "transaction-error";
                };
        of(word, e).tell(answer);
    }
}
