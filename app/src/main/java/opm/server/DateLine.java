package opm.server;

/// The date of a second, written once for all who ask for the same one after the other.
final class DateLine {
    private record Written(long seconds, String text) {}

    private volatile Written last = new Written(0, HttpDate.of(0));

    /// Returns the date of this second.
    String line() {
        return of(HttpDate.now());
    }

    String of(long seconds) {
        Written written = last;
        if (written.seconds != seconds) {
            written = new Written(seconds, HttpDate.of(seconds));
            last = written;
        }
        return written.text;
    }
}
