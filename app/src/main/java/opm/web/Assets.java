package opm.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.Digest;
import opm.server.HttpRequest;
import opm.server.HttpResponse;
import org.jspecify.annotations.Nullable;

/// The files of the page: its style, and the script that `./dev web` builds, where it was built.
final class Assets {
    private static final Map<String, String> TYPES =
            Map.of(
                    "style.css", "text/css; charset=utf-8",
                    "page.js", "text/javascript; charset=utf-8",
                    "worker.js", "text/javascript; charset=utf-8",
                    "icon.svg", "image/svg+xml");

    private final Map<String, Asset> known = new ConcurrentHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    private record Asset(byte[] bytes, String tag) {}

    private @Nullable Asset asset(String name) {
        return TYPES.containsKey(name) ? known.computeIfAbsent(name, Assets::read) : null;
    }

    private static @Nullable Asset read(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("app/" + name)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            return new Asset(bytes, "\"" + Digest.sha256Of(bytes).hex().substring(0, 16) + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Tells whether the page has its script.
    boolean hasScript() {
        return asset("page.js") != null && asset("worker.js") != null;
    }

    /// Returns a file; null when there is none of this name.
    @Nullable HttpResponse answer(HttpRequest request, String name) {
        Asset asset = asset(name);
        String type = TYPES.get(name);
        if (asset == null || type == null) {
            return null;
        }
        String[] headers = {"ETag: " + asset.tag(), "Cache-Control: no-cache"};
        return asset.tag().equals(request.header("if-none-match"))
                ? HttpResponse.empty(304).with(headers)
                : HttpResponse.of(200, type, asset.bytes()).with(headers);
    }
}
