package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 without TLS: the thread that wants bytes reads them from the socket itself.
///
/// The client of the JDK moves every 16 KiB through three threads, which took 2.5 s of CPU for
/// 500 MB; mirrors of packages mostly speak plain http, because the packages are signed.
///
/// Connections are kept for the next request to the same host. One that the server closed meanwhile
/// is noticed when it gives no byte of an answer, and the request is sent again on a new one.
final class PlainHttp implements HttpWay {
    private static final int IDLE_OF_A_HOST = 16;

    private final EnvProxies proxies;
    private final int stallSeconds;
    private final @Nullable Fence fence;
    private final Map<String, ArrayDeque<HttpConnection>> idle = new HashMap<>();

    /// @param fence null for none
    PlainHttp(EnvProxies proxies, int stallSeconds, @Nullable Fence fence) {
        this.fence = fence;
        this.proxies = proxies;
        this.stallSeconds = stallSeconds;
    }

    @Override
    public HttpWay.Answer send(
            Net.Request request, URI uri, String user, byte @Nullable [] posted)
            throws OpmException {
        var patience = new Patience(stallSeconds, request.cancelled(), LocalNet.shown(uri));
        URI proxy = proxies.proxyFor(uri);
        String place = proxy == null ? place(uri) : place(proxy);
        if (fence != null && proxy != null) {
            fence.check(uri);
        }
        byte[] head = head(request, uri, proxy != null, user, posted);
        try {
            HttpConnection used = take(place);
            HttpWay.Answer answer = used == null ? null : ask(place, used, head, patience);
            if (answer == null) {
                URI there = proxy == null ? uri : null;
                answer = ask(place, connect(place, there, patience), head, patience);
            }
            if (answer == null) {
                throw patience.failure("closed without an answer");
            }
            return answer;
        } catch (StreamFailure e) {
            throw e.failure();
        } catch (IOException e) {
            throw patience.failure("broke off: " + Failures.words(e)).failure();
        }
    }

    private static String place(URI uri) {
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    /// Returns all that is sent: the head, and what is posted behind it.
    private byte[] head(
            Net.Request request,
            URI uri,
            boolean viaProxy,
            String user,
            byte @Nullable [] posted) {
        URI plain = URI.create(uri.toASCIIString());
        String host = plain.getHost() + (plain.getPort() < 0 ? "" : ":" + plain.getPort());
        String path = plain.getRawPath().isEmpty() ? "/" : plain.getRawPath();
        String query = plain.getRawQuery() == null ? "" : "?" + plain.getRawQuery();
        var words = new StringBuilder(posted == null ? "GET " : "POST ");
        words.append(viaProxy ? "http://" + host : "").append(path).append(query);
        words.append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
        var headers = new HashMap<String, String>(request.headers());
        headers.put("User-Agent", LocalNet.AGENT);
        if (!user.isEmpty()) {
            headers.put("Authorization", user);
        }
        String proxyUser = proxies.basicAuthFor(uri);
        if (!proxyUser.isEmpty()) {
            headers.put("Proxy-Authorization", proxyUser);
        }
        String range = HttpWay.range(request);
        if (!range.isEmpty()) {
            headers.put("Range", range);
        }
        if (posted != null) {
            headers.put("Content-Length", Integer.toString(posted.length));
            headers.put("Content-Type", "application/octet-stream");
        }
        for (var header : headers.entrySet()) {
            // A value with a line break would be a header of somebody else's choice.
            String value = header.getValue().replaceAll("[\\r\\n]+", " ");
            words.append(header.getKey()).append(": ").append(value).append("\r\n");
        }
        byte[] head = words.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        if (posted == null) {
            return head;
        }
        byte[] all = Arrays.copyOf(head, head.length + posted.length);
        System.arraycopy(posted, 0, all, head.length, posted.length);
        return all;
    }

    /// @param uri what is there; null where that is a proxy
    private HttpConnection connect(String place, @Nullable URI uri, Patience patience)
            throws IOException, OpmException {
        int colon = place.lastIndexOf(':');
        String host = place.substring(0, colon);
        int port = Integer.parseInt(place.substring(colon + 1));
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw patience.failure("no connection to " + host + ": its address is not known");
        }
        if (fence != null && uri != null) {
            fence.check(uri, addresses);
        }
        IOException last = new IOException("it has no address");
        for (InetAddress address : addresses) {
            try {
                return HttpConnection.open(new InetSocketAddress(address, port), patience);
            } catch (StreamFailure e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw patience.failure("no connection to " + host + ": " + Failures.words(last));
    }

    private synchronized @Nullable HttpConnection take(String place) {
        ArrayDeque<HttpConnection> waiting = idle.get(place);
        return waiting == null ? null : waiting.pollLast();
    }

    private synchronized boolean keep(String place, HttpConnection connection) {
        ArrayDeque<HttpConnection> waiting = idle.computeIfAbsent(place, _ -> new ArrayDeque<>());
        return waiting.size() < IDLE_OF_A_HOST && waiting.add(connection);
    }

    /// Returns null when the server closed without a byte.
    private HttpWay.@Nullable Answer ask(
            String place, HttpConnection connection, byte[] request, Patience patience)
            throws IOException {
        Runnable giveBack =
                () -> {
                    if (connection.hasMore() || !keep(place, connection)) {
                        connection.close();
                    }
                };
        boolean answered = false;
        try {
            HttpHead head = connection.ask(request, patience);
            if (head == null) {
                return null;
            }
            var body = new HttpBody(connection, head, patience, giveBack);
            answered = true;
            return new Plain(head, body);
        } finally {
            if (!answered) {
                connection.close();
            }
        }
    }

    private record Plain(HttpHead head, InputStream body) implements HttpWay.Answer {
        @Override
        public int status() {
            return head.status();
        }

        @Override
        public @Nullable String header(String name) {
            return head.header(name);
        }
    }
}
