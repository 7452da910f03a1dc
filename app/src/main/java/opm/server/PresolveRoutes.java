package opm.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.presolve.OnDemand;
import opm.presolve.Shelf;
import opm.thin.Platform;
import org.jspecify.annotations.Nullable;

/// The addresses of presolved packages; docs/formats/presolve.md lists them.
public final class PresolveRoutes implements WebServer.Handler {
    private static final String PLAN = ".plan";
    private static final int WORTH_PACKING = 600;
    private static final int PACKED_BYTES = 4 << 20;

    private final Shelf shelf;
    private final @Nullable OnDemand onDemand;
    private final InstantSource clock;
    private final AtomicLongArray statuses = new AtomicLongArray(6);

    /// Most files are of the same publication.
    private final DateLine modified = new DateLine();

    /// @param onDemand null when only what is in the tree is served
    public PresolveRoutes(Shelf shelf, @Nullable OnDemand onDemand, InstantSource clock) {
        this.shelf = shelf;
        this.onDemand = onDemand;
        this.clock = clock;
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    @Override
    public HttpResponse answer(HttpRequest request) {
        HttpResponse response;
        try {
            response = packed(request, route(request));
        } catch (OpmException e) {
            response = failure(request, e);
        } catch (IOException | UncheckedIOException e) {
            response =
                    HttpResponse.error(
                            503, request.path(), "the tree cannot be read", "Try again later.");
        }
        statuses.incrementAndGet(response.status() / 100);
        return response;
    }

    private static HttpResponse failure(HttpRequest request, OpmException e) {
        int status =
                switch (e) {
                    case BadRequest _ -> 400;
                    case Damaged _ -> 422;
                    case Refused _ -> 422;
                    case Unavailable _ -> 503;
                };
        HttpResponse said =
                HttpResponse.error(
                        status, request.path(), String.valueOf(e.getMessage()), e.hint());
        return status == 503 ? said.with("Retry-After: 5") : said;
    }

    private HttpResponse route(HttpRequest request) throws OpmException, IOException {
        String path = request.path();
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        String[] words = path.substring(1).split("/", -1);
        boolean entry = words.length == 4 && words[0].equals("packages");
        Platform platform =
                words.length >= 4 && words[0].equals("packages")
                        ? platform(words[1], words[2])
                        : null;
        if (request.method().equals("POST") && entry && platform != null) {
            return solved(request, platform, words[3], profile(request.body()));
        }
        if (!reads) {
            return HttpResponse.error(
                            405, path, "found " + request.method(), "Ask with GET or HEAD.")
                    .with("Allow: GET, HEAD");
        }
        switch (path) {
            case "/health" -> {
                return health();
            }
            case "/metrics" -> {
                return metrics();
            }
            default -> {}
        }
        if (platform != null && words[3].equals("updates") && entry) {
            return updates(request, platform);
        }
        if (words.length == 2 && words[0].equals("search")) {
            return search(request, words[1]);
        }
        String clean = path.substring(1);
        Shelf.Served file =
                shelf.file(clean.endsWith("/") ? clean.substring(0, clean.length() - 1) : clean);
        if (file != null) {
            return file(request, file, clean);
        }
        if (entry && platform != null && !words[3].isEmpty()) {
            return solved(request, platform, words[3], null);
        }
        boolean own = words.length > 6 && words[3].equals("-") && words[4].equals("rpm");
        if (platform != null && own) {
            String rest = clean.substring(clean.indexOf("/-/rpm/") + "/-/rpm/".length());
            String mirror = shelf.mirror(platform, rest);
            if (mirror != null) {
                return HttpResponse.empty(302).with("Location: " + mirror);
            }
        }
        return missing(path);
    }

    private static HttpResponse missing(String path) {
        return HttpResponse.error(
                404, path, "there is nothing of this name", "GET /packages lists the platforms.");
    }

    private static @Nullable Platform platform(String os, String release) {
        try {
            return new Platform(os, release);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    // ---------------------------------------------------------------- files

    private HttpResponse file(HttpRequest request, Shelf.Served served, String path) {
        BasicFileAttributes facts = served.facts();
        long seconds = Math.min(facts.lastModifiedTime().toMillis() / 1000, now());
        String tag =
                "\""
                        + Long.toHexString(facts.lastModifiedTime().toMillis())
                        + "-"
                        + Long.toHexString(facts.size())
                        + "\"";
        String type = type(path);
        String[] headers = {
            "ETag: " + tag,
            "Last-Modified: " + modified.of(seconds),
            "Vary: Accept-Encoding",
            "Cache-Control: no-cache",
            "Accept-Ranges: bytes",
            "Content-Type: " + type
        };
        if (unchanged(request, tag, seconds)) {
            return HttpResponse.empty(304).with(headers);
        }
        ByteRange range = ByteRange.of(request, tag, facts.size());
        if (range.status() == 416) {
            return HttpResponse.empty(416)
                    .with("Content-Range: bytes */" + facts.size(), headers[0]);
        }
        boolean part = range.until() - range.from() < facts.size();
        HttpResponse said =
                HttpResponse.ofFile(part ? 206 : 200, served.file(), range.from(), range.until())
                        .with(headers);
        return part
                ? said.with(
                        "Content-Range: bytes "
                                + range.from()
                                + "-"
                                + (range.until() - 1)
                                + "/"
                                + facts.size())
                : said;
    }

    private static String type(String path) {
        if (path.endsWith(PLAN)) {
            return "application/x-opm-plan";
        }
        if (path.contains("/-/rpm/")) {
            return "application/x-rpm";
        }
        if (path.contains("/-/")) {
            return "text/plain; charset=utf-8";
        }
        return path.endsWith(".html") ? "text/html; charset=utf-8" : HttpResponse.JSON;
    }

    /// RFC 9110, 13.2.2: a tag counts before a date, and a date in the future does not count.
    private boolean unchanged(HttpRequest request, String tag, long seconds) {
        String none = request.header("if-none-match");
        if (none != null) {
            return matches(none, tag);
        }
        String since = request.header("if-modified-since");
        long date = since == null ? -1 : HttpDate.seconds(since);
        return date >= seconds && date <= now();
    }

    private static boolean matches(String header, String tag) {
        for (String one : header.split(",")) {
            String word = one.strip();
            String bare = word.startsWith("W/") ? word.substring(2) : word;
            if (word.equals("*") || bare.equals(tag)) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- answers that are made

    /// Names whose answers changed: all without a date, else those after it. Who sends a tag is a
    /// cache that has the whole list, and gets that or nothing new; what is only a part is for the
    /// one who asked.
    private HttpResponse updates(HttpRequest request, Platform platform)
            throws OpmException, IOException {
        String header = request.header("if-modified-since");
        String since = request.query().get("since");
        long date = header == null ? -1 : HttpDate.seconds(header);
        if (date > now() || request.header("if-none-match") != null) {
            date = -1;
        }
        if (since != null) {
            if (!since.matches("\\d{1,12}")) {
                throw new BadRequest("since: found '" + since + "'", "Seconds since 1970.");
            }
            date = Long.parseLong(since);
        }
        Shelf.Updates updates = shelf.updates(platform, date);
        if (updates == null) {
            return missing(request.path());
        }
        String tag = "\"" + Long.toHexString(updates.lastSeconds()) + "-updates\"";
        String modified =
                "Last-Modified: "
                        + HttpDate.of(Math.min(updates.lastSeconds(), now()));
        String vary = "Vary: If-Modified-Since, Accept-Encoding";
        String match = request.header("if-none-match");
        boolean nothing = since == null && date >= 0 && updates.count() == 0;
        if (nothing || since == null && match != null && matches(match, tag)) {
            return HttpResponse.empty(304).with("ETag: " + tag, modified, vary);
        }
        HttpResponse said = HttpResponse.of(200, HttpResponse.JSON, updates.json());
        return date < 0
                ? said.with("ETag: " + tag, modified, vary, "Cache-Control: no-cache")
                : said.with(modified, vary, "Cache-Control: no-store");
    }

    private HttpResponse solved(
            HttpRequest request, Platform platform, String word, byte @Nullable [] profile)
            throws OpmException {
        OnDemand desk = onDemand;
        if (desk == null || !shelf.platforms().contains(platform)) {
            return missing(request.path());
        }
        boolean plan = word.endsWith(PLAN);
        String name = plan ? word.substring(0, word.length() - PLAN.length()) : word;
        OnDemand.Said said = desk.answer(profile, name);
        byte[] bytes = plan ? said.plan() : said.json();
        if (bytes == null) {
            return HttpResponse.error(
                    404, request.path(), said.why(), "Ask for another name, or send a profile.");
        }
        return HttpResponse.of(200, plan ? "application/x-opm-plan" : HttpResponse.JSON, bytes)
                .with("Cache-Control: no-store");
    }

    /// Returns the body of a request, unpacked within its bound.
    private static byte[] profile(byte[] body) throws OpmException {
        if (body.length < 2 || body[0] != 0x1f || (body[1] & 0xff) != 0x8b) {
            return body;
        }
        try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(body))) {
            byte[] all = in.readNBytes(Limits.REQUEST_BODY_BYTES + 1);
            if (all.length > Limits.REQUEST_BODY_BYTES) {
                throw new BadRequest(
                        "profile: found more than " + Limits.REQUEST_BODY_BYTES + " bytes",
                        "Send the machine's profile and nothing else.");
            }
            return all;
        } catch (IOException e) {
            throw (BadRequest)
                    new BadRequest("profile: found no gzip", "Send it packed by gzip, or plain.")
                            .because(e);
        }
    }

    private HttpResponse search(HttpRequest request, String word) throws OpmException {
        String wanted = request.query().getOrDefault("q", "");
        int dash = word.lastIndexOf('-');
        Platform platform =
                dash < 0 ? null : platform(word.substring(0, dash), word.substring(dash + 1));
        if (wanted.isEmpty() || wanted.length() > Limits.SEARCH_CHARS) {
            throw new BadRequest(
                    "search: found " + wanted.length() + " characters, expected a word",
                    "GET /search/OS-RELEASE?q=WORD");
        }
        List<String> found = platform == null ? null : shelf.search(platform, wanted);
        return found == null
                ? missing(request.path())
                : HttpResponse.of(200, HttpResponse.JSON, Shelf.list(found))
                        .with("Cache-Control: no-cache");
    }

    private HttpResponse health() throws OpmException {
        String alarm = shelf.alarm();
        String said = "{\"status\":" + (alarm == null ? "\"ok\"" : "\"old answers\"");
        return HttpResponse.text(
                        200,
                        HttpResponse.JSON,
                        said
                                + (alarm == null
                                        ? ""
                                        : ",\"build\":" + HttpResponse.quoted(alarm))
                                + "}\n")
                .with("Cache-Control: no-store");
    }

    private HttpResponse metrics() throws OpmException {
        var out = new StringBuilder(shelf.metrics());
        if (onDemand != null) {
            out.append(onDemand.metrics());
        }
        for (int status = 1; status < statuses.length(); status++) {
            out.append("opm_http_responses_total{class=\"").append(status).append("xx\"} ");
            out.append(statuses.get(status)).append('\n');
        }
        return HttpResponse.text(200, "text/plain; version=0.0.4", out.toString());
    }

    // ---------------------------------------------------------------- packing

    private static HttpResponse packed(HttpRequest request, HttpResponse said)
            throws IOException {
        boolean worth =
                said.status() == 200
                        && request.acceptsGzip()
                        && said.bytes() >= WORTH_PACKING
                        && said.bytes() <= PACKED_BYTES
                        && said.headers().stream().noneMatch(h -> h.endsWith("/x-rpm"));
        if (!worth) {
            return said;
        }
        Path file = said.file();
        byte[] plain = file == null ? said.body() : Files.readAllBytes(file);
        var bytes = new ByteArrayOutputStream(plain.length / 3 + 64);
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        }
        List<String> headers =
                said.headers().stream()
                        .filter(h -> !h.startsWith("Accept-Ranges"))
                        .map(PresolveRoutes::weak)
                        .toList();
        return new HttpResponse(200, headers, bytes.toByteArray(), null, 0, 0, null)
                .with("Content-Encoding: gzip");
    }

    /// Packed bytes are others than those that the tag names.
    private static String weak(String header) {
        return header.startsWith("ETag: \"") ? "ETag: W/" + header.substring(6) : header;
    }

    static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
