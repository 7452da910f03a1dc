package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// The network of this machine, by `java.net.http`, which is loaded only when first asked.
///
/// Proxies come from `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` (see [EnvProxies]).
public final class LocalNet implements Net {
    private static final int FLAG_MILLIS = 100;
    private static final String AGENT = "opm/0.1";

    static {
        // The JDK withholds the password of a proxy from CONNECT unless told otherwise before its
        // first client is made. Only what EnvProxies found is ever sent.
        String property = "jdk.http.auth.tunneling.disabledSchemes";
        if (System.getProperty(property) == null) {
            System.setProperty(property, "");
        }
    }

    private final EnvProxies proxies;
    private final int stallSeconds;
    private @Nullable HttpClient client;

    /// @param environment where the proxies are named
    public LocalNet(Map<String, String> environment) {
        this(environment, Limits.STALL_SECONDS);
    }

    LocalNet(Map<String, String> environment, int stallSeconds) {
        this.proxies = new EnvProxies(environment);
        this.stallSeconds = stallSeconds;
    }

    @Override
    public Response get(Request request) throws OpmException {
        URI uri = request.uri();
        if (scheme(uri).equals("file")) {
            return FileResponse.open(request);
        }
        String authority = "";
        String user = "";
        for (int hop = 0; hop <= Limits.REDIRECTS; hop++) {
            checkHttp(uri);
            if (hop == 0 || uri.getRawUserInfo() != null) {
                authority = authorityOf(uri);
                user = basicAuth(uri);
            }
            // Credentials go to the host that they were given for, and to no other.
            var response = send(request, uri, authorityOf(uri).equals(authority) ? user : "");
            String location = response.headers().firstValue("location").orElse("");
            if (!isRedirect(response.statusCode()) || location.isEmpty()) {
                return answer(request, uri, response);
            }
            closeQuietly(response.body());
            uri = redirected(uri, location);
        }
        throw new Unavailable(
                shown(request.uri()) + ": more than " + Limits.REDIRECTS + " redirects",
                "Use another mirror.");
    }

    private HttpResponse<InputStream> send(Request request, URI uri, String user)
            throws OpmException {
        var builder =
                HttpRequest.newBuilder(withoutUser(uri))
                        .GET()
                        .timeout(Duration.ofSeconds(stallSeconds))
                        // An "Upgrade: h2c" on plain http confuses old proxies and servers.
                        .version(
                                scheme(uri).equals("https")
                                        ? HttpClient.Version.HTTP_2
                                        : HttpClient.Version.HTTP_1_1)
                        .setHeader("User-Agent", AGENT);
        request.headers().forEach(builder::setHeader);
        if (!user.isEmpty()) {
            builder.setHeader("Authorization", user);
        }
        String proxyUser = proxies.basicAuthFor(uri);
        if (!proxyUser.isEmpty()) {
            builder.setHeader("Proxy-Authorization", proxyUser);
        }
        if (request.isPartial()) {
            String until = request.untilByte() < 0 ? "" : Long.toString(request.untilByte() - 1);
            builder.setHeader("Range", "bytes=" + request.fromByte() + "-" + until);
        }
        var future =
                client().sendAsync(
                                builder.build(),
                                _ ->
                                        new BoundedBody(
                                                stallSeconds, request.cancelled(), shown(uri)));
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(stallSeconds + 5L);
        while (true) {
            try {
                return future.get(FLAG_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (request.cancelled().getAsBoolean() || System.nanoTime() > giveUp) {
                    future.cancel(true);
                    throw request.cancelled().getAsBoolean()
                            ? cancelled(uri)
                            : noAnswer(uri, new IOException("no answer", e));
                }
            } catch (ExecutionException e) {
                throw noAnswer(uri, e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException | CancellationException e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                future.cancel(true);
                throw cancelled(uri);
            }
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(Duration.ofSeconds(stallSeconds))
                            .proxy(proxies)
                            .build();
        }
        return client;
    }

    private static Response answer(Request request, URI uri, HttpResponse<InputStream> response)
            throws Unavailable {
        long total = -1;
        long start = 0;
        if (response.statusCode() == 206) {
            String range = response.headers().firstValue("content-range").orElse("");
            long[] parts = contentRange(range);
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
        } else if (response.statusCode() == 200) {
            total = response.headers().firstValueAsLong("content-length").orElse(-1);
        }
        return new HttpAnswer(response, withoutUser(uri), start, total);
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

    private static Unavailable cancelled(URI uri) {
        return new Unavailable(shown(uri) + ": cancelled", "Start again; what came is kept.");
    }

    private static OpmException noAnswer(URI uri, Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof StreamFailure travelled) {
                return travelled.failure();
            }
        }
        String words =
                switch (cause) {
                    case java.net.http.HttpTimeoutException _ -> "no answer in time";
                    case java.net.ConnectException _ -> "no connection to " + cause(cause, uri);
                    case javax.net.ssl.SSLException e -> "no safe connection: " + e.getMessage();
                    default -> cause(cause, uri);
                };
        return new Unavailable(
                        shown(uri) + ": " + words,
                        "Check the network and the address, or try another mirror.")
                .because(cause);
    }

    private static String cause(Throwable cause, URI uri) {
        return cause.getMessage() == null ? String.valueOf(uri.getHost()) : cause.getMessage();
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException _) {
            // Nobody wants its bytes.
        }
    }

    private record HttpAnswer(
            HttpResponse<InputStream> response, URI finalUri, long startsAtByte, long totalBytes)
            implements Response {
        @Override
        public int status() {
            return response.statusCode();
        }

        @Override
        public @Nullable String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        @Override
        public long bodyBytes() {
            return response.headers().firstValueAsLong("content-length").orElse(-1);
        }

        @Override
        public InputStream body() {
            return response.body();
        }

        @Override
        public void close() {
            closeQuietly(response.body());
        }
    }
}
