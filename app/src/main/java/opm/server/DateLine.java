package opm.server;

/// The `Date` of this second, written once a second.
final class DateLine {
    private record Today(long seconds, String text) {}

    private volatile Today last = new Today(0, HttpDate.of(0));

    String line() {
        long now = HttpDate.now();
        Today today = last;
        if (today.seconds != now) {
            today = new Today(now, HttpDate.of(now));
            last = today;
        }
        return today.text;
    }
}
