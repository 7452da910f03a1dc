package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 and 2 under TLS, by `java.net.http`, which is loaded only when first asked.
final class SafeHttp implements HttpWay {
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
    private final @Nullable Fence fence;
    private final Trusts trusts;
    private @Nullable HttpClient client;

    /// Whom to believe; asked once, when the first address under TLS is.
    interface Trusts {
        SSLContext context() throws OpmException;
    }

    SafeHttp(EnvProxies proxies, int stallSeconds, @Nullable Fence fence, Trusts trusts) {
        this.fence = fence;
        this.trusts = trusts;
        this.proxies = proxies;
        this.stallSeconds = stallSeconds;
    }

    @Override
    public HttpWay.Answer send(
            Net.Request request, URI uri, String user, byte @Nullable [] posted)
            throws OpmException {
        if (fence != null) {
            fence.check(uri);
        }
        var builder =
                HttpRequest.newBuilder(LocalNet.withoutUser(uri))
                        .method(
                                posted == null ? "GET" : "POST",
                                posted == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(posted))
                        .timeout(Duration.ofSeconds(stallSeconds))
                        .version(HttpClient.Version.HTTP_2)
                        .setHeader("User-Agent", LocalNet.AGENT);
        request.headers().forEach(builder::setHeader);
        if (!user.isEmpty()) {
            builder.setHeader("Authorization", user);
        }
        String proxyUser = proxies.basicAuthFor(uri);
        if (!proxyUser.isEmpty()) {
            builder.setHeader("Proxy-Authorization", proxyUser);
        }
        String range = HttpWay.range(request);
        if (!range.isEmpty()) {
            builder.setHeader("Range", range);
        }
        var future =
                client().sendAsync(
                                builder.build(),
                                _ ->
                                        new BoundedBody(
                                                stallSeconds,
                                                request.cancelled(),
                                                LocalNet.shown(uri)));
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(stallSeconds + 5L);
        while (true) {
            try {
                return new Safe(future.get(Patience.FLAG_MILLIS, TimeUnit.MILLISECONDS));
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

    private synchronized HttpClient client() throws OpmException {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(Duration.ofSeconds(stallSeconds))
                            .proxy(proxies)
                            .sslContext(trusts.context())
                            .build();
        }
        return client;
    }

    private static Unavailable cancelled(URI uri) {
        return new Unavailable(
                LocalNet.shown(uri) + ": cancelled", "Start again; what came is kept.");
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
                        LocalNet.shown(uri) + ": " + words,
                        "Check the network and the address, or try another mirror.")
                .because(cause);
    }

    private static String cause(Throwable cause, URI uri) {
        return cause.getMessage() == null ? String.valueOf(uri.getHost()) : cause.getMessage();
    }

    private record Safe(HttpResponse<InputStream> response) implements HttpWay.Answer {
        @Override
        public int status() {
            return response.statusCode();
        }

        @Override
        public @Nullable String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        @Override
        public InputStream body() {
            return response.body();
        }
    }
}
