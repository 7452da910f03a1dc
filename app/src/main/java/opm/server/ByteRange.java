package opm.server;

/// Which bytes of a file somebody asks for (RFC 9110, 14): one range, or all.
///
/// @param status 200, 206 or 416
/// @param until one past the last byte
public record ByteRange(int status, long from, long until) {
    /// @param tag the file's, in quotes; a range of another version is not given
    public static ByteRange of(HttpRequest request, String tag, long size) {
        var all = new ByteRange(200, 0, size);
        String range = request.header("range");
        String since = request.header("if-range");
        if (range == null || since != null && !since.equals(tag)) {
            return all;
        }
        if (!range.matches("bytes=(\\d{1,15}-\\d{0,15}|-\\d{1,15})")) {
            return all;
        }
        int dash = range.indexOf('-');
        String first = range.substring("bytes=".length(), dash);
        String last = range.substring(dash + 1);
        long from =
                first.isEmpty()
                        ? Math.max(0, size - Long.parseLong(last))
                        : Long.parseLong(first);
        long until =
                first.isEmpty() || last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
        return from >= size || until <= from
                ? new ByteRange(416, 0, size)
                : new ByteRange(206, from, until);
    }

    /// Returns the headers that say which bytes these are.
    public String[] headers(String tag, long size) {
        String which =
                switch (status) {
                    case 206 -> "Content-Range: bytes " + from + "-" + (until - 1) + "/" + size;
                    case 416 -> "Content-Range: bytes */" + size;
                    default -> "Cache-Control: no-store";
                };
        return new String[] {"ETag: " + tag, "Accept-Ranges: bytes", which};
    }
}
