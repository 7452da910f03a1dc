package opm.rpmmd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.host.Host;
import opm.host.Net;
import opm.host.Output;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Fetches metadata files; what does not match its checksum is gone when this returns.
///
/// Packages are fetched by `opm.fetch` into the store. Metadata is short-lived and comes from
/// mirrors that lag behind each other, so each file is asked of one mirror after the other, and a
/// wrong file is damage at once, with no second round.
final class Download {
    /// Times that one mirror is asked to go on where it broke off.
    private static final int CONTINUATIONS = 3;

    private final Host host;
    private final RepositoryConfig repo;
    private final BooleanSupplier cancelled;

    Download(Host host, RepositoryConfig repo, BooleanSupplier cancelled) {
        this.host = host;
        this.repo = repo;
        this.cancelled = cancelled;
    }

    /// Reads a small file whole; null when the server says that there is none.
    byte @Nullable [] small(String url, int most) throws OpmException {
        try (Net.Response response = host.net().get(request(uri(url), 0))) {
            if (response.status() == 404 || response.status() == 410) {
                return null;
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
            return bytes.toByteArray();
        } catch (IOException e) {
            throw StreamFailure.of(e, shown(url));
        }
    }

    /// Fetches an item from the first mirror that has the right bytes.
    ///
    /// @param aside a new file; absent again when this fails
    void fetch(List<String> baseUrls, Repomd.Item item, Path aside) throws OpmException {
        OpmException failure = null;
        for (String base : baseUrls) {
            try {
                fetch(url(base, item.location()), item, aside);
                return;
            } catch (Unavailable | Damaged e) {
                host.disk().delete(aside);
                // Damage outranks absence: it says more about what to do.
                if (failure == null || e instanceof Damaged) {
                    failure = e;
                }
            }
        }
        throw failure == null
                ? new Unavailable(
                        repo.id() + ": no mirror is known",
                        "Check baseurl, mirrorlist and metalink of the repository.")
                : failure;
    }

    private void fetch(String url, Repomd.Item item, Path aside) throws OpmException {
        MessageDigest sum = Importer.messageDigest(item.checksum());
        URI uri;
        try {
            uri = uri(url);
        } catch (BadRequest e) {
            throw wrong("repomd.xml", "names '" + item.location() + "', which is no address");
        }
        boolean done = false;
        try (Output out = host.disk().create(aside)) {
            for (int tries = 0; !done; tries++) {
                done = part(uri, url, item, out, sum, tries == CONTINUATIONS);
            }
            if (item.sizeBytes() >= 0 && out.position() != item.sizeBytes()) {
                throw wrong(url, out.position() + " bytes, expected " + item.sizeBytes());
            }
        }
        Digest found = Digest.of(item.checksum().algorithm(), sum.digest());
        if (!found.equals(item.checksum())) {
            throw wrong(url, found + ", expected " + item.checksum());
        }
    }

    /// Fetches from where the file ends.
    ///
    /// @param last whether a break is a failure
    /// @return whether the body came to its end
    private boolean part(
            URI uri, String url, Repomd.Item item, Output out, MessageDigest sum, boolean last)
            throws OpmException {
        long start = out.position();
        try (Net.Response response = host.net().get(request(uri, start))) {
            if (response.status() == 404 || response.status() == 410) {
                throw wrong(url, "repomd.xml names it, but the server does not have it");
            }
            if (response.status() != 200 && response.status() != 206) {
                throw refused(url, response.status());
            }
            if (response.startsAtByte() != start) {
                throw new Unavailable(
                        shown(url) + ": broke off at byte " + start + " and cannot go on there",
                        "Try again, or use another mirror.");
            }
            var buffer = new byte[1 << 16];
            InputStream body = response.body();
            int count = body.read(buffer);
            while (count >= 0) {
                if (item.sizeBytes() >= 0 && out.position() + count > item.sizeBytes()) {
                    throw wrong(url, "more than the " + item.sizeBytes() + " bytes expected");
                }
                out.write(buffer, 0, count);
                sum.update(buffer, 0, count);
                count = body.read(buffer);
            }
            return true;
        } catch (IOException e) {
            OpmException failure = StreamFailure.of(e, shown(url));
            if (last || cancelled.getAsBoolean() || !(failure instanceof Unavailable)) {
                throw failure;
            }
            return false;
        }
    }

    private Net.Request request(URI uri, long from) {
        var request = new Net.Request(uri, from, -1, Map.of(), cancelled);
        if (repo.userName().isEmpty()) {
            return request;
        }
        String pair = repo.userName() + ":" + repo.password();
        String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return request.withHeaders(Map.of("Authorization", "Basic " + encoded));
    }

    /// Returns the address of a file that repomd.xml names: inside the repository, or elsewhere on
    /// the network, but never a file of this machine because a server says so.
    private static String url(String base, String location) throws Damaged {
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
            return new URI(url.replace(" ", "%20"));
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
