package opm.trip;

import java.util.ArrayList;
import java.util.List;

/// What went over a line, as the one who sends it sees it: which bytes of which file, and when.
final class Traffic {
    private final List<Sent> all = new ArrayList<>();

    /// One answer to a request for a package, of a browser or of a program.
    static final class Sent {
        final String path;
        final boolean browser;
        final long from;
        private volatile long until;

        private Sent(String path, boolean browser, long from) {
            this.path = path;
            this.browser = browser;
            this.from = from;
            until = from;
        }

        /// Returns where the bytes end that went out.
        long until() {
            return until;
        }

        long bytes() {
            return until - from;
        }
    }

    /// Some bytes, and when they went out.
    private record Piece(long nanos, long bytes) {}

    private final List<Piece> pieces = new ArrayList<>();

    synchronized Sent begin(String path, boolean browser, long from) {
        var sent = new Sent(path, browser, from);
        all.add(sent);
        return sent;
    }

    synchronized void add(Sent sent, long bytes) {
        sent.until = sent.until() + bytes;
        if (sent.browser) {
            pieces.add(new Piece(System.nanoTime(), bytes));
        }
    }

    /// Returns all answers so far, in the order in which they began.
    synchronized List<Sent> all() {
        return List.copyOf(all);
    }

    /// Returns how many bytes browsers got.
    long browserBytes() {
        return all().stream().filter(sent -> sent.browser).mapToLong(Sent::bytes).sum();
    }

    /// Returns how many bytes browsers got between two times of [System#nanoTime].
    synchronized long browserBytes(long fromNanos, long untilNanos) {
        return pieces.stream()
                .filter(piece -> piece.nanos() - fromNanos >= 0 && piece.nanos() < untilNanos)
                .mapToLong(Piece::bytes)
                .sum();
    }
}
