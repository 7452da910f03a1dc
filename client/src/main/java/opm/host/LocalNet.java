package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// The network of this machine: files, [PlainHttp], [SafeHttp].
///
/// Proxies come from `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` (see [EnvProxies]), or
/// from what was said about an address ([Access]).
public final class LocalNet implements Net {
    static final String AGENT = "opm/0.1";

    private final Map<String, String> environment;
    private final int stallSeconds;
    private final @Nullable Fence fence;
    private final Accesses accesses = new Accesses();
    private final Map<Access, Ways> ways = new HashMap<>();

    /// @param environment where the proxies are named
    public LocalNet(Map<String, String> environment) {
        this(environment, Limits.STALL_SECONDS);
    }

    LocalNet(Map<String, String> environment, int stallSeconds) {
        this(environment, stallSeconds, null);
    }

    private LocalNet(Map<String, String> environment, int stallSeconds, @Nullable Fence fence) {
        this.environment = Map.copyOf(environment);
        this.stallSeconds = stallSeconds;
        this.fence = fence;
    }

    @Override
    public Net forStrangers() {
        return new LocalNet(environment, stallSeconds, new Fence());
    }

    @Override
    public void own(String address) {
        if (fence != null) {
            try {
                fence.own(URI.create(address));
            } catch (IllegalArgumentException _) {
                // It will not be asked either.
            }
        }
    }

    /// The two ways to ask, for the servers of one kind of access.
    private record Ways(HttpWay plain, HttpWay safe) {}

    @Override
    public void learn(String addressPrefix, Access access) {
        accesses.learn(addressPrefix, access);
    }

    private synchronized Ways ways(Access access) throws OpmException {
        Ways known = ways.get(access);
        if (known == null) {
            EnvProxies proxies = EnvProxies.of(environment, access);
            known =
                    new Ways(
                            new PlainHttp(proxies, stallSeconds, fence),
                            new SafeHttp(
                                    proxies,
                                    stallSeconds,
                                    fence,
                                    () -> Tls.context(access, environment)));
            ways.put(access, known);
        }
        return known;
    }

    @Override
    public Response get(Request request) throws OpmException {
        URI uri = request.uri();
        if (scheme(uri).equals("file")) {
            return FileResponse.open(request);
        }
        // As curl does, a certificate is also shown to whom the server redirects.
        Ways both = ways(accesses.of(uri));
        String authority = "";
        String user = "";
        for (int hop = 0; hop <= Limits.REDIRECTS; hop++) {
            checkHttp(uri);
            if (hop == 0 || uri.getRawUserInfo() != null) {
                authority = authorityOf(uri);
                user = basicAuth(uri);
            }
            // Credentials go to the host that they were given for, and to no other.
            String name = authorityOf(uri).equals(authority) ? user : "";
            HttpWay way = scheme(uri).equals("https") ? both.safe() : both.plain();
            HttpWay.Answer response = way.send(request, uri, name, null);
            String location = response.header("location");
            if (!isRedirect(response.status()) || location == null) {
                return answer(request, uri, response);
            }
            closeQuietly(response.body());
            uri = redirected(uri, location);
        }
        throw new Unavailable(
                shown(request.uri()) + ": more than " + Limits.REDIRECTS + " redirects",
                "Use another mirror.");
    }

    @Override
    public Response post(URI uri, byte[] bytes, BooleanSupplier cancelled) throws OpmException {
        if (scheme(uri).equals("file")) {
            return Net.super.post(uri, bytes, cancelled);
        }
        checkHttp(uri);
        Ways both = ways(accesses.of(uri));
        HttpWay way = scheme(uri).equals("https") ? both.safe() : both.plain();
        var request = new Request(uri, 0, -1, Map.of(), cancelled);
        return answer(request, uri, way.send(request, uri, basicAuth(uri), bytes));
    }

    private static Response answer(Request request, URI uri, HttpWay.Answer response)
            throws Unavailable {
        long total = -1;
        long start = 0;
        if (response.status() == 206) {
            String range = response.header("content-range");
            long[] parts = contentRange(range == null ? "" : range);
            if (!request.isPartial() || parts[0] != request.fromByte()) {
                closeQuietly(response.body());
                throw new Unavailable(
                        shown(uri)
                                + ": asked for bytes from "
                                + request.fromByte()
                                + ", answered '"
                                + range
                                + "'",
                        "Use another mirror; this one answers ranges wrongly.");
            }
            start = parts[0];
            total = parts[2];
        } else if (response.status() == 200) {
            total = length(response);
        }
        return new HttpAnswer(response, withoutUser(uri), start, total);
    }

    private static long length(HttpWay.Answer response) {
        String length = response.header("content-length");
        return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
    }

    /// Reads `bytes 5-9/10`; -1 where something is not said.
    static long[] contentRange(String text) {
        var parts = new long[] {-1, -1, -1};
        var match =
                java.util.regex.Pattern.compile("bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)")
                        .matcher(text.strip());
        if (match.matches()) {
            parts[0] = Long.parseLong(match.group(1));
            parts[1] = Long.parseLong(match.group(2));
            parts[2] = match.group(3).equals("*") ? -1 : Long.parseLong(match.group(3));
        }
        return parts;
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static URI redirected(URI from, String location) throws OpmException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Unavailable(
                            shown(from) + ": redirects to something that is no address",
                            "Use another mirror.")
                    .because(e);
        }
        boolean http = scheme(to).equals("https") || scheme(to).equals("http");
        if (!http || scheme(from).equals("https") && !scheme(to).equals("https")) {
            throw new Unavailable(
                    shown(from) + ": redirects from " + scheme(from) + " to " + scheme(to),
                    "Use another mirror, or its http address.");
        }
        return to;
    }

    private static void checkHttp(URI uri) throws BadRequest {
        String scheme = scheme(uri);
        if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
            throw new BadRequest(
                    shown(uri) + ": not an address that opm can fetch",
                    "Use http://HOST/…, https://HOST/… or file:///….");
        }
    }

    static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }

    private static String authorityOf(URI uri) {
        return scheme(uri) + "://" + uri.getHost() + ":" + uri.getPort();
    }

    static String basicAuth(URI uri) {
        String userInfo = uri.getUserInfo();
        return userInfo == null
                ? ""
                : "Basic "
                        + Base64.getEncoder()
                                .encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    /// Returns the address for people and logs: without user, password and query.
    static String shown(URI uri) {
        String text = withoutUser(uri).toString();
        int query = text.indexOf('?');
        return query < 0 ? text : text.substring(0, query) + "?…";
    }

    static URI withoutUser(URI uri) {
        if (uri.getRawUserInfo() == null) {
            return uri;
        }
        String text = uri.toString();
        int slashes = text.indexOf("//");
        int at = text.indexOf('@', slashes);
        return URI.create(text.substring(0, slashes + 2) + text.substring(at + 1));
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException _) {
            // Nobody wants its bytes.
        }
    }

    private record HttpAnswer(
            HttpWay.Answer response, URI finalUri, long startsAtByte, long totalBytes)
            implements Response {
        @Override
        public int status() {
            return response.status();
        }

        @Override
        public @Nullable String header(String name) {
            return response.header(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public long bodyBytes() {
            return length(response);
        }

        @Override
        public InputStream body() {
            return response.body();
        }

        @Override
        public void pass(long bytes, WritableByteChannel out) throws IOException {
            if (response.body() instanceof HttpBody plain) {
                plain.pass(bytes, out);
            } else {
                Response.super.pass(bytes, out);
            }
        }

        @Override
        public void close() {
            closeQuietly(response.body());
        }
    }
}
