package opm.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// Dates as RFC 9110, 5.6.7 writes them; the two older forms are read too.
final class HttpDate {
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);
    private static final List<DateTimeFormatter> READ =
            List.of(
                    WRITTEN,
                    new java.time.format.DateTimeFormatterBuilder()
                            .appendPattern("EEEE, dd-MMM-")
                            .appendValueReduced(
                                    java.time.temporal.ChronoField.YEAR, 2, 2, 1970)
                            .appendPattern(" HH:mm:ss 'GMT'")
                            .toFormatter(Locale.ROOT),
                    DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT));

    private HttpDate() {}

    static String of(long seconds) {
        return WRITTEN.format(LocalDateTime.ofEpochSecond(seconds, 0, ZoneOffset.UTC));
    }

    /// Returns the second that a header means, -1 when it is no date: such a header does not count.
    static long seconds(String text) {
        for (DateTimeFormatter form : READ) {
            try {
                return LocalDateTime.parse(text.strip(), form).toEpochSecond(ZoneOffset.UTC);
            } catch (DateTimeException _) {
                // Perhaps the next form.
            }
        }
        return -1;
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }
}
