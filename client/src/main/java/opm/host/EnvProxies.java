package opm.host;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import opm.base.OpmException.BadRequest;
import org.jspecify.annotations.Nullable;

/// Proxies as curl reads them from the environment.
///
/// `http_proxy` in lower case alone (a CGI program could be handed `HTTP_PROXY` by a visitor),
/// `https_proxy`, `all_proxy` and `no_proxy` in either case. `no_proxy` is a list of hosts, of
/// domains with or without a leading dot, or `*`. Only http proxies exist here.
final class EnvProxies extends ProxySelector {
    private final @Nullable URI http;
    private final @Nullable URI https;
    private final List<String> direct;

    EnvProxies(Map<String, String> environment) {
        URI all = proxy(either(environment, "all_proxy"));
        URI forHttp = proxy(environment.getOrDefault("http_proxy", ""));
        URI forHttps = proxy(either(environment, "https_proxy"));
        this.http = forHttp == null ? all : forHttp;
        this.https = forHttps == null ? all : forHttps;
        this.direct =
                List.of(either(environment, "no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+"));
    }

    /// Makes those of an access: its own proxy instead of the environment's, which still says what
    /// needs none.
    ///
    /// @throws BadRequest for a proxy of another kind than http
    static EnvProxies of(Map<String, String> environment, Access access) throws BadRequest {
        String own = access.proxy();
        if (own.isEmpty()) {
            return new EnvProxies(environment);
        }
        var proxies = new HashMap<String, String>();
        proxies.put("no_proxy", either(environment, "no_proxy"));
        if (!own.equals(Access.DIRECT)) {
            if (proxy(own) == null) {
                throw new BadRequest(
                        "proxy="
                                + own.replaceFirst("//[^/@]*@", "//")
                                + ": expected http://HOST:PORT",
                        "opm knows http proxies only; correct the repository, or [main].");
            }
            proxies.put("all_proxy", own);
        }
        return new EnvProxies(proxies);
    }

    private static String either(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty()
                ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "")
                : lower;
    }

    private static @Nullable URI proxy(String text) {
        if (text.isBlank()) {
            return null;
        }
        String full = text.contains("://") ? text.strip() : "http://" + text.strip();
        try {
            URI uri = URI.create(full);
            return uri.getHost() != null && LocalNet.scheme(uri).equals("http") ? uri : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    String basicAuthFor(URI uri) {
        URI proxy = proxyFor(uri);
        return proxy == null ? "" : LocalNet.basicAuth(proxy);
    }

    @Nullable URI proxyFor(URI uri) {
        String host = uri.getHost();
        if (host == null || isDirect(host.toLowerCase(Locale.ROOT))) {
            return null;
        }
        return LocalNet.scheme(uri).equals("https") ? https : http;
    }

    private boolean isDirect(String host) {
        for (String entry : direct) {
            String domain = entry.startsWith(".") ? entry.substring(1) : entry;
            if (entry.equals("*")
                    || !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<Proxy> select(URI uri) {
        URI proxy = proxyFor(uri);
        if (proxy == null) {
            return List.of(Proxy.NO_PROXY);
        }
        int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails, with its own words.
    }
}
