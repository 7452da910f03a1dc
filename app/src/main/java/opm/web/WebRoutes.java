package opm.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.fetch.Wanted;
import opm.server.ByteRange;
import opm.server.HttpRequest;
import opm.server.HttpResponse;
import opm.server.WebServer;
import opm.words.Messages;
import opm.workshop.Asker;
import opm.workshop.Building;
import opm.workshop.Cost;
import opm.workshop.GroupHit;
import opm.workshop.Hit;
import opm.workshop.Made;
import opm.workshop.Relay;
import opm.workshop.Visit;
import opm.workshop.Workshop;
import org.jspecify.annotations.Nullable;

/// The addresses of the web app; docs/manual/web.md lists them. What it does not know goes to the
/// handler behind it.
public final class WebRoutes implements WebServer.Handler {
    private static final String PAGE = "text/html; charset=utf-8";
    private static final int GROUPS_FOUND = 5;

    private final Workshop workshop;
    private final InstantSource clock;
    private final WebServer.@Nullable Handler behind;
    private final Assets assets = new Assets();
    private final Map<String, Messages> languages = new ConcurrentHashMap<>();
    private final Set<String> mirrors = ConcurrentHashMap.newKeySet();
    private final AtomicLongArray statuses = new AtomicLongArray(6);

    /// @param behind answers everything else; null for nobody
    public WebRoutes(
            Workshop workshop, InstantSource clock, WebServer.@Nullable Handler behind) {
        this.workshop = workshop;
        this.clock = clock;
        this.behind = behind;
    }

    @Override
    public HttpResponse answer(HttpRequest request) {
        String path = request.path();
        boolean ours =
                path.equals("/")
                        || path.equals("/visit")
                        || path.startsWith("/v/")
                        || path.startsWith("/app/")
                        || behind == null;
        if (!ours && behind != null) {
            HttpResponse said = behind.answer(request);
            return path.equals("/metrics") && said.status() == 200
                    ? said.and(workshop.metrics())
                    : said;
        }
        HttpResponse said;
        try {
            var asker = new Asker(request.caller().address(), request.caller().gone());
            said = ScopedValue.where(Asker.NOW, asker).call(() -> route(request));
        } catch (OpmException e) {
            said = failure(request, e);
        }
        statuses.incrementAndGet(said.status() / 100);
        return guarded(said);
    }

    /// Nothing of others is loaded or run; the only strangers that a page may ask for bytes are the
    /// mirrors of our own repositories.
    private HttpResponse guarded(HttpResponse said) {
        return said.with(
                "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"
                        + " img-src 'self'; worker-src 'self'; connect-src 'self'"
                        + mirrors.stream().sorted().map(m -> " " + m).reduce("", String::concat)
                        + "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                "X-Content-Type-Options: nosniff",
                "Referrer-Policy: no-referrer",
                "Cross-Origin-Opener-Policy: same-origin",
                "Cross-Origin-Resource-Policy: same-origin",
                "Permissions-Policy: camera=(), microphone=(), geolocation=()");
    }

    private HttpResponse failure(HttpRequest request, OpmException e) {
        int status =
                switch (e) {
                    case BadRequest _ -> 400;
                    case Damaged _, Refused _ -> 422;
                    case Unavailable _ -> 503;
                };
        HttpResponse said =
                wantsJson(request)
                        ? HttpResponse.error(
                                status,
                                request.path(),
                                String.valueOf(e.getMessage()),
                                e.hint())
                        : HttpResponse.text(
                                status,
                                PAGE,
                                page(request, "/")
                                        .failure(String.valueOf(e.getMessage()), e.hint()));
        return status == 503 ? said.with("Retry-After: 5") : said;
    }

    private static boolean wantsJson(HttpRequest request) {
        String accept = request.header("accept");
        return accept != null && accept.startsWith("application/json");
    }

    private Page page(HttpRequest request, String here) {
        String wanted = request.query().get("lang");
        String cookie = request.header("cookie");
        if (wanted == null && cookie != null) {
            for (String pair : cookie.split(";")) {
                if (pair.strip().startsWith("lang=")) {
                    wanted = pair.strip().substring("lang=".length());
                }
            }
        }
        String accepted = request.header("accept-language");
        if (wanted == null && accepted != null) {
            wanted = accepted.split("[,;]", 2)[0].strip();
        }
        String language = Messages.choose(wanted == null ? "en" : wanted, Map.of());
        return new Page(
                languages.computeIfAbsent(language, Messages::of), assets.hasScript(), here);
    }

    // ---------------------------------------------------------------- where to

    private HttpResponse route(HttpRequest request) throws OpmException {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        boolean posts = request.method().equals("POST");
        if (!reads && !posts) {
            return HttpResponse.error(
                            405, request.path(), "found " + request.method(), "GET or POST.")
                    .with("Allow: GET, HEAD, POST");
        }
        String path = request.path();
        if (path.equals("/health") && reads) {
            boolean well = workshop.trouble().isEmpty();
            return json(new Document().text("status", well ? "ok" : "old repositories"));
        }
        if (path.equals("/metrics") && reads) {
            return metrics();
        }
        if (path.equals("/") && reads) {
            return html(request, new StartPage(page(request, "/"), workshop.stock()).html());
        }
        if (path.equals("/visit") && posts) {
            return begin(request);
        }
        if (path.equals("/app/words.json") && reads) {
            Page page = page(request, "/");
            return json(new Document().texts(page.words().under("web.")));
        }
        HttpResponse said = null;
        if (path.startsWith("/app/") && reads) {
            said = assets.answer(request, path.substring("/app/".length()));
        }
        String[] words = path.substring(1).split("/", -1);
        if (words[0].equals("v") && words.length >= 2 && words[1].matches("[0-9a-f]{32}")) {
            Visit visit = workshop.find(words[1]);
            if (visit == null) {
                Page page = page(request, "/");
                return wantsJson(request)
                        ? HttpResponse.error(404, path, page.word("gone"), "")
                        : HttpResponse.text(404, PAGE, page.failure(page.word("gone"), ""));
            }
            String what = path.substring(Math.min(path.length(), 3 + words[1].length()));
            said = posts ? change(request, visit, what) : look(request, visit, what);
        }
        return said != null
                ? said
                : HttpResponse.error(404, path, "there is nothing of this name", "Begin at /.");
    }

    private HttpResponse metrics() {
        var text = new StringBuilder(workshop.metrics());
        for (int kind = 2; kind < 6; kind++) {
            text.append("opm_web_answers_total{status=\"").append(kind).append("xx\"} ");
            text.append(statuses.get(kind)).append('\n');
        }
        return HttpResponse.text(200, "text/plain; version=0.0.4", text.toString());
    }

    private static HttpResponse html(HttpRequest request, String page) {
        HttpResponse said = HttpResponse.text(200, PAGE, page).with("Cache-Control: no-store");
        String lang = request.query().get("lang");
        // Not a session: the language, and nothing else.
        return lang != null && lang.matches("[A-Za-z-]{2,8}")
                ? said.with("Set-Cookie: lang=" + lang + "; Path=/; SameSite=Strict; HttpOnly")
                : said;
    }

    private static HttpResponse json(Document document) {
        return HttpResponse.of(200, HttpResponse.JSON, document.done())
                .with("Cache-Control: no-store");
    }

    private static HttpResponse seeOther(String where) {
        return HttpResponse.empty(303).with("Location: " + where);
    }

    private HttpResponse begin(HttpRequest request) throws OpmException {
        String stock = Forms.fields(request).get("stock");
        byte[] file = stock == null ? Forms.file(request) : new byte[0];
        if (stock == null && file.length == 0) {
            throw new BadRequest(
                    "the profile: found an empty file, expected one of opm-profile.sh",
                    "At home: sh opm-profile.sh > box.opmprofile");
        }
        Visit visit = stock == null ? workshop.open(file) : workshop.pick(stock);
        for (URI base : visit.bases()) {
            String host = base.getHost();
            if (host != null && host.matches("[A-Za-z0-9.-]+")) {
                String port = base.getPort() < 0 ? "" : ":" + base.getPort();
                mirrors.add(base.getScheme() + "://" + host + port);
            }
        }
        if (wantsJson(request)) {
            return json(
                    new Document()
                            .text("visit", visit.id())
                            .text("system", visit.machine().distro().prettyName())
                            .text("arch", visit.machine().arch())
                            .number("packages", visit.machine().packages().size())
                            .number("captured", visit.machine().capturedAtSeconds()));
        }
        return seeOther("/v/" + visit.id());
    }

    // ---------------------------------------------------------------- changes

    private @Nullable HttpResponse change(HttpRequest request, Visit visit, String what)
            throws OpmException {
        Map<String, String> fields = Forms.fields(request);
        switch (what) {
            case "/basket" -> new Choices(visit, fields).take();
            case "/line" -> new Choices(visit, fields).line();
            case "/repair" ->
                    visit.repair(
                            number(fields.get("problem")), number(fields.get("repair")));
            case "/build" -> visit.build();
            case "/end" -> {
                workshop.end(visit.id());
                return seeOther("/");
            }
            default -> {
                return null;
            }
        }
        if (wantsJson(request)) {
            return Answers.state(visit);
        }
        if (request.query().containsKey("choices")) {
            return choices(request, visit);
        }
        String query = fields.getOrDefault("q", "");
        String search = query.isEmpty() ? "" : "?q=" + URLEncoder.encode(query, UTF_8);
        String back = fields.getOrDefault("back", "").equals("advisories") ? "/advisories" : "";
        String anchor =
                switch (what) {
                    case "/build" -> "#get";
                    case "/line" -> "#plan";
                    default -> back.isEmpty() ? "#basket" : "";
                };
        return seeOther("/v/" + visit.id() + back + search + anchor);
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("\\d{1,6}") ? Integer.parseInt(text) : -1;
    }

    // ---------------------------------------------------------------- looks

    private @Nullable HttpResponse look(HttpRequest request, Visit visit, String what)
            throws OpmException {
        Map<String, String> asked = request.query();
        String query = asked.getOrDefault("q", "");
        String base = "/v/" + visit.id();
        var view = new View(page(request, base + what), visit, query);
        var lists = new ListPages(view);
        return switch (what) {
            case "" -> {
                if (asked.containsKey("choices")) {
                    yield choices(request, visit);
                }
                String part = asked.get("hits");
                List<Hit> hits = visit.search(query, part == null || part.equals("all"));
                List<GroupHit> groups = groups(visit, query);
                if (part != null) {
                    var found = new Html();
                    new FindPart(view).hits(found, hits, groups, Costs.NONE);
                    yield HttpResponse.text(200, PAGE, found.part());
                }
                yield html(request, whole(view, hits, groups));
            }
            case "/groups" -> {
                String of = asked.get("of");
                yield html(request, of == null ? lists.groups() : lists.members(of));
            }
            case "/advisories" -> html(request, lists.advisories());
            case "/why" -> html(request, lists.why(asked.getOrDefault("pkg", "")));
            case "/state.json" -> Answers.state(visit);
            case "/search.json" -> Answers.hits(visit.search(query, true), groups(visit, query));
            case "/groups.json" -> Answers.hits(List.of(), visit.groups(query));
            case "/advisories.json" -> Answers.notices(visit.notices());
            case "/cost.json" -> {
                Cost cost = visit.cost(asked.getOrDefault("spec", ""));
                yield Answers.cost(cost, Costs.said(view.page(), cost));
            }
            case "/files.json" -> new FileLists(visit, base).json();
            case "/box.opmjob" ->
                    HttpResponse.of(200, "application/x-opm-job", visit.job())
                            .with("Content-Disposition: attachment; filename=\"box.opmjob\"")
                            .with("Cache-Control: no-store");
            case "/files.meta4", "/files.aria2", "/files.txt" ->
                    new FileLists(visit, base).managers(what.substring(1), request);
            case "/links" -> {
                Page page = view.page();
                yield html(request, page.end(new FileLists(visit, base).links(page)));
            }
            case "/recipe.json" -> {
                Building building = visit.building();
                String part = asked.getOrDefault("part", "");
                yield building == null ? null : Answers.recipe(building, part);
            }
            default ->
                    what.endsWith(".opm") && what.startsWith("/box.")
                            ? bundle(request, visit, what.substring(1))
                            : what.startsWith("/rpm/") ? relay(request, visit, what) : null;
        };
    }

    /// A word of two letters stands in most groups' descriptions.
    private static List<GroupHit> groups(Visit visit, String query) throws OpmException {
        return query.strip().length() < 3 || query.startsWith("/")
                ? List.of()
                : visit.groups(query).stream().limit(GROUPS_FOUND).toList();
    }

    private String whole(View view, List<Hit> hits, List<GroupHit> groups) throws OpmException {
        return new VisitPage(view, clock.instant()).html(hits, groups, trouble(view.visit()));
    }

    /// The part of the page that choices change: what the script takes, it need not wait for more.
    private HttpResponse choices(HttpRequest request, Visit visit) throws OpmException {
        var view = new View(page(request, "/v/" + visit.id()), visit, "");
        var page = new VisitPage(view, clock.instant());
        return HttpResponse.text(200, PAGE, page.choices(trouble(visit)))
                .with("Cache-Control: no-store");
    }

    /// Returns what is wrong with choices that cannot be; the page goes on without the last one.
    private static @Nullable OpmException trouble(Visit visit) throws OpmException {
        try {
            visit.answer();
            return null;
        } catch (BadRequest | Refused e) {
            visit.back();
            return e;
        }
    }

    private static @Nullable HttpResponse bundle(HttpRequest request, Visit visit, String name) {
        Building building = visit.building();
        Made done = building == null ? null : building.made(name);
        if (done == null) {
            return null;
        }
        String tag = "\"" + done.seal().hex() + "\"";
        long size = done.bytes();
        ByteRange ranges = ByteRange.of(request, tag, size);
        HttpResponse said =
                ranges.status() == 416
                        ? HttpResponse.empty(416)
                        : HttpResponse.ofFile(
                                ranges.status(), done.file(), ranges.from(), ranges.until());
        return said.with(ranges.headers(tag, size))
                .with(
                        "Content-Type: application/x-opm",
                        "Content-Disposition: attachment; filename=\"" + name + "\"");
    }

    /// Passes a package through: only those of this visit's plan, so that nobody uses this server
    /// to reach others.
    private static @Nullable HttpResponse relay(HttpRequest request, Visit visit, String what)
            throws OpmException {
        String hex = what.substring("/rpm/".length()).split("/", 2)[0];
        Wanted file = visit.files().get(hex);
        if (file == null || file.sizeBytes() < 0 || file.sizeBytes() > Limits.PACKAGE_BYTES) {
            return null;
        }
        String tag = "\"" + hex + "\"";
        ByteRange ranges = ByteRange.of(request, tag, file.sizeBytes());
        if (ranges.status() == 416) {
            return HttpResponse.empty(416).with(ranges.headers(tag, file.sizeBytes()));
        }
        Relay relay = visit.relay(file, ranges.from(), ranges.until());
        HttpResponse said;
        if (relay.stored() != null) {
            said =
                    HttpResponse.ofFile(
                            ranges.status(), relay.stored(), ranges.from(), ranges.until());
        } else if (request.method().equals("HEAD")) {
            relay.close();
            said =
                    HttpResponse.flowing(
                            ranges.status(), ranges.until() - ranges.from(), _ -> {});
        } else {
            said =
                    HttpResponse.flowing(
                            ranges.status(),
                            ranges.until() - ranges.from(),
                            relay::pass);
        }
        return said.with(ranges.headers(tag, file.sizeBytes()))
                .with("Content-Type: application/x-rpm");
    }
}
