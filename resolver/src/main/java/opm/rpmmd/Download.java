package opm.rpmmd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.fetch.Wanted;
import opm.host.Net;
import opm.host.StreamFailure;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// Fetches metadata files of one repository: small ones into memory, the others by way of the
/// store, as packages are.
final class Download {
    /// Times that other processes may take a file out of the store before this gives up.
    private static final int OTHERS = 10;

    private final Net net;
    private final Store store;
    private final Fetcher fetcher;
    private final Progress progress;
    private final RepositoryConfig repo;
    private final BooleanSupplier cancelled;

    /// @param fetcher brings files into `store`
    Download(
            Net net,
            Store store,
            Fetcher fetcher,
            Progress progress,
            RepositoryConfig repo,
            BooleanSupplier cancelled) {
        this.net = net;
        this.store = store;
        this.fetcher = fetcher;
        this.progress = progress;
        this.repo = repo;
        this.cancelled = cancelled;
    }

    /// Reads a small file whole; null when the server says that there is none.
    byte @Nullable [] small(String url, int most) throws OpmException {
        Small small = small(url, most, Map.of());
        return small == null ? null : small.bytes();
    }

    /// The answer to a request for a small file.
    ///
    /// @param isSame whether the server says that the file is the one asked about; then no bytes
    /// @param etag empty when the server sends none, as `modified`
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Small(boolean isSame, byte[] bytes, String etag, String modified) {}

    /// Reads a small file unless it is as it was.
    ///
    /// @param conditions headers that ask so
    @Nullable Small small(String url, int most, Map<String, String> conditions)
            throws OpmException {
        var request = new Net.Request(uri(url), 0, -1, conditions, cancelled);
        try (Net.Response response = net.get(request)) {
            if (response.status() == 404 || response.status() == 410) {
                return null;
            }
            if (response.status() == 304 && !conditions.isEmpty()) {
                return new Small(true, new byte[0], "", "");
            }
            if (response.status() != 200) {
                throw refused(url, response.status());
            }
            var bytes = new ByteArrayOutputStream();
            var buffer = new byte[1 << 14];
            InputStream body = response.body();
            int count = body.read(buffer);
            while (count >= 0) {
                bytes.write(buffer, 0, count);
                if (bytes.size() > most) {
                    throw new Damaged(
                            shown(url) + ": more than " + most + " bytes",
                            "Check the repository's address.");
                }
                count = body.read(buffer);
            }
            boolean settled = isSettled(response.header("last-modified"), response.header("date"));
            return new Small(
                    false,
                    bytes.toByteArray(),
                    settled ? line(response.header("etag")) : "",
                    settled ? line(response.header("last-modified")) : "");
        } catch (IOException e) {
            throw StreamFailure.of(e, shown(url));
        }
    }

    /// Tells whether a file was old enough when it was sent that a change would have shown: servers
    /// write seconds, also into their entity tags, so a file may change once more within the second
    /// that it is from (RFC 9110, section 8.8.2.2).
    private static boolean isSettled(@Nullable String modified, @Nullable String date) {
        if (modified == null) {
            return true;
        }
        try {
            var changed = ZonedDateTime.parse(modified, DateTimeFormatter.RFC_1123_DATE_TIME);
            return date != null
                    && ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .isAfter(changed.plusSeconds(1));
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static String line(@Nullable String header) {
        return header == null || header.length() > 1000 ? "" : header.replaceAll("[\r\n]", "");
    }

    /// Reads some bytes of a file; null when the server sends other ones, or all of them.
    byte @Nullable [] range(String url, long from, long until) throws OpmException {
        var request = new Net.Request(uri(url), from, until, Map.of(), cancelled);
        try (Net.Response response = net.get(request)) {
            if (response.status() != 206 || response.startsAtByte() != from) {
                return null;
            }
            byte[] bytes = response.body().readNBytes((int) (until - from));
            return bytes.length == until - from ? bytes : null;
        } catch (IOException e) {
            throw StreamFailure.of(e, shown(url));
        }
    }

    /// Brings an item into a new file, from the first mirror that has the right bytes.
    ///
    /// What comes before it breaks off, or this process is killed, is kept in the store, and the
    /// next call goes on there. Of a whole one nothing stays there that was not there before.
    ///
    /// @param aside a new file; absent when this fails
    /// @throws Damaged when the mirrors that have it have other bytes
    /// @throws Unavailable when none has it
    void fetch(List<String> baseUrls, Repomd.Item item, Path aside) throws OpmException {
        var sources = new ArrayList<URI>();
        for (String base : baseUrls) {
            sources.add(source(base, item.location()));
        }
        var wanted =
                new Wanted(
                        item.checksum(),
                        item.sizeBytes() < 0 ? Store.ANY_SIZE : item.sizeBytes(),
                        sources,
                        Importer.subject(item));
        for (int tries = 0; ; tries++) {
            boolean wasThere = store.has(item.checksum());
            Fetcher.requireAll(fetcher.fetch(List.of(wanted), progress, cancelled));
            try {
                store.copyTo(item.checksum(), aside, Store.Way.LINK);
                if (!wasThere) {
                    store.remove(item.checksum());
                }
                return;
            } catch (BadRequest e) {
                // Another process fetched the same and has just taken it out of the store.
                if (tries == OTHERS) {
                    throw e;
                }
            }
        }
    }

    private URI source(String base, String location) throws Damaged {
        try {
            return uri(url(base, location));
        } catch (BadRequest e) {
            throw wrong("repomd.xml", "names '" + location + "', which is no address");
        }
    }

    /// Returns the address of a file that repomd.xml names: inside the repository, or elsewhere on
    /// the network, but never a file of this machine because a server says so.
    static String url(String base, String location) throws Damaged {
        boolean inside = !location.contains(":") && !location.startsWith("/");
        boolean climbs = ("/" + location + "/").contains("/../");
        boolean web = location.startsWith("http://") || location.startsWith("https://");
        boolean local = location.startsWith("file:") && base.startsWith("file:");
        if (climbs || !inside && !web && !local) {
            throw wrong("repomd.xml", "names '" + location + "', which is outside the repository");
        }
        return inside ? base + location : location;
    }

    private URI uri(String url) throws BadRequest {
        try {
            // Mirrors write spaces as they are.
            return new URI(repo.withUser(url.replace(" ", "%20")));
        } catch (URISyntaxException e) {
            throw new BadRequest(
                    repo.id() + ": '" + url + "' is no address",
                    "Correct the repository's address.");
        }
    }

    private static Unavailable refused(String url, int status) {
        return new Unavailable(
                shown(url) + ": the server answers " + status,
                "Try again later, or use another mirror.");
    }

    private static Damaged wrong(String url, String what) {
        return new Damaged(shown(url) + ": " + what, "Try again later, or use another mirror.");
    }

    /// Hides user and password of an address.
    private static String shown(String url) {
        return url.replaceFirst("//[^/@]*@", "//");
    }
}
