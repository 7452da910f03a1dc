package opm.web;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.engine.Solution;
import opm.profile.SystemProfile;
import opm.solve.Problem;
import opm.solve.Reason;
import opm.solve.Request;
import opm.solve.Verdict;
import opm.words.Sentences;
import opm.words.Sizes;
import opm.workshop.Basket;
import opm.workshop.Building;
import opm.workshop.Cost;
import opm.workshop.Hit;
import opm.workshop.Row;
import opm.workshop.Visit;
import org.jspecify.annotations.Nullable;

/// The page of one visit: machine, search, choices, plan, bundle. All of it is forms and links; the
/// script fetches the same page again and takes the sections that changed.
final class VisitPage {
    private static final int MOST_ROWS = 2000;
    private final Page page;
    private final Visit visit;
    private final String base;
    private final String query;
    private final Instant now;

    /// @param query what is searched for; empty for nothing
    VisitPage(Page page, Visit visit, String query, Instant now) {
        this.page = page;
        this.visit = visit;
        this.query = query;
        this.now = now;
        base = "/v/" + visit.id();
    }

    /// @param costs by `name.arch`; those that are not there are asked for by the script
    String html(List<Hit> hits, Map<String, Cost> costs, @Nullable OpmException failure)
            throws OpmException {
        Building building = visit.building();
        boolean works = building != null && isWorking(building.status().state());
        Html html = page.begin(works ? 2 : 0);
        html.with(page.word("title"), "h1", "class", "small");
        if (failure != null) {
            html.open("section", "role", "alert", "class", "bad");
            html.with(page.word("error"), "h2").with(String.valueOf(failure.getMessage()), "p");
            html.with(failure.hint(), "p").close();
        }
        machine(html);
        search(html, hits, costs);
        basket(html);
        Solution solution = visit.solution();
        plan(html, solution);
        get(html, solution, building);
        return page.end(html);
    }

    private static boolean isWorking(Building.State state) {
        return state != Building.State.DONE && state != Building.State.FAILED;
    }

    private Html section(Html html, String id, String title) {
        html.open("section", "id", id, "aria-labelledby", id + "-title");
        return html.with(title, "h2", "id", id + "-title");
    }

    /// Opens a form that posts to this visit; the search stays what it is.
    private Html form(Html html, String to) {
        html.open("form", "method", "post", "action", base + "/" + to);
        return query.isEmpty()
                ? html
                : html.empty("input", "type", "hidden", "name", "q", "value", query);
    }

    private void button(Html html, String text, String label, String... fields) {
        form(html, "basket");
        for (int at = 0; at < fields.length; at += 2) {
            html.empty(
                    "input", "type", "hidden", "name", fields[at], "value", fields[at + 1]);
        }
        html.with(text, "button", "aria-label", label).close();
    }

    // ---------------------------------------------------------------- machine

    private void machine(Html html) throws OpmException {
        SystemProfile machine = visit.machine();
        section(html, "machine", page.word("machine")).open("dl");
        String pretty = machine.distro().prettyName();
        fact(
                html,
                "machine-system",
                pretty.isEmpty()
                        ? machine.distro().id() + " " + machine.distro().version()
                        : pretty);
        fact(html, "machine-arch", machine.arch());
        fact(html, "machine-packages", String.valueOf(machine.packages().size()));
        fact(html, "machine-age", age(machine.capturedAtSeconds()));
        var repos = new ArrayList<String>();
        visit.repositories()
                .forEach(
                        (id, seconds) ->
                                repos.add(isDate(seconds) ? id + " (" + day(seconds) + ")" : id));
        fact(html, "machine-repos", String.join(", ", repos));
        html.close();
        var withheld = new TreeSet<>(machine.withheld());
        machine.mains().forEach(main -> withheld.addAll(main.stripped()));
        machine.repos().forEach(repo -> withheld.addAll(repo.stripped()));
        html.with(
                withheld.isEmpty()
                        ? page.word("machine-nothing-withheld")
                        : page.word("machine-withheld", String.join(", ", withheld)),
                "p",
                "class",
                "note");
        form(html, "end").with(page.word("machine-end"), "button", "class", "quiet");
        html.close(2);
    }

    private void fact(Html html, String key, String value) {
        html.with(page.word(key), "dt").with(value, "dd");
    }

    private String age(long seconds) {
        if (seconds <= 0) {
            return page.word("machine-unknown");
        }
        long days = Duration.between(Instant.ofEpochSecond(seconds), now).toDays();
        return days <= 0 ? page.word("machine-today") : page.count("machine-days", days);
    }

    /// Many repositories count their revisions instead of writing the time.
    private static boolean isDate(long seconds) {
        return seconds > 900_000_000;
    }

    private static String day(long seconds) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC).toString();
    }

    // ---------------------------------------------------------------- search

    private void search(Html html, List<Hit> hits, Map<String, Cost> costs) {
        section(html, "find", page.word("find"));
        html.open("form", "role", "search", "method", "get", "action", base);
        html.with(page.word("find-label"), "label", "for", "q").open("div", "class", "row");
        html.empty(
                "input",
                "type",
                "search",
                "id",
                "q",
                "name",
                "q",
                "value",
                query,
                "maxlength",
                "200",
                "autocomplete",
                "off",
                "spellcheck",
                "false");
        html.with(page.word("find-button"), "button").close(2);
        html.open("div", "id", "hits", "aria-live", "polite");
        hits(html, hits, costs);
        html.close(2);
    }

    /// Writes what a search found, for the page and for the script.
    String hits(List<Hit> hits) {
        var html = new Html();
        hits(html, hits, Map.of());
        return html.part();
    }

    private void hits(Html html, List<Hit> hits, Map<String, Cost> costs) {
        if (hits.isEmpty()) {
            String key = query.strip().length() < 2 ? "find-one" : "find-none";
            if (!query.isEmpty()) {
                html.with(page.word(key), "p", "class", "note");
            }
            return;
        }
        html.open("ul", "class", "hits");
        for (Hit hit : hits) {
            String name = hit.pkg().nameArch();
            html.open("li").open("div", "class", "what");
            html.with(hit.pkg().name(), "strong").text(" ");
            html.with(hit.pkg().evr() + "." + hit.pkg().arch(), "span", "class", "version");
            if (!hit.installed().isEmpty()) {
                String key = hit.offered() ? "hit-newer" : "hit-installed";
                html.text(" ").with(page.word(key, hit.installed()), "span", "class", "badge");
            }
            html.with(hit.summary(), "p", "class", "summary");
            if (hit.offered()) {
                Cost cost = costs.get(name);
                if (cost == null) {
                    html.with("", "p", "class", "cost", "data-spec", name);
                } else {
                    html.with(cost(cost), "p", "class", "cost");
                }
            }
            html.close().open("div", "class", "acts");
            if (hit.offered()) {
                String add = page.word(hit.installed().isEmpty() ? "add-install" : "add-upgrade");
                String verb = hit.installed().isEmpty() ? "install" : "upgrade";
                button(html, add, add + " " + name, "do", "add", "verb", verb, "spec", name);
            }
            if (!hit.installed().isEmpty()) {
                String remove = page.word("add-remove");
                button(
                        html, remove, remove + " " + name, "do", "add", "verb", "remove", "spec",
                        name);
            }
            html.close(2);
        }
        html.close();
    }

    /// Says what a package costs this machine.
    String cost(Cost cost) {
        if (!cost.possible()) {
            return page.word("hit-impossible");
        }
        String said = page.count("hit-cost", cost.comes(), Sizes.of(cost.bytes()));
        return cost.goes() == 0 ? said : said + ", " + page.count("hit-goes", cost.goes());
    }

    // ---------------------------------------------------------------- choices

    private void basket(Html html) {
        Basket basket = visit.basket();
        section(html, "basket", page.word("basket"));
        if (basket.isEmpty()) {
            html.with(page.word("basket-empty"), "p", "class", "note");
        } else {
            html.open("ul", "class", "plain");
            String undo = page.word("basket-undo");
            if (basket.security()) {
                html.open("li", "class", "row").with(page.word("choice-security"), "span");
                button(
                        html,
                        undo,
                        undo + ": " + page.word("choice-security"),
                        "do",
                        "security",
                        "value",
                        "no");
                html.close();
            }
            for (Request.Item item : basket.items()) {
                String said = said(item);
                html.open("li", "class", "row").with(said, "span");
                button(
                        html,
                        undo,
                        undo + ": " + said,
                        "do",
                        "drop",
                        "verb",
                        Basket.word(item.verb()),
                        "spec",
                        item.spec());
                html.close();
            }
            html.close();
        }
        html.open("div", "class", "row");
        String all = page.word("basket-all");
        button(html, all, all, "do", "add", "verb", "upgrade", "spec", "");
        String security = page.word("basket-security");
        button(html, security, security, "do", "security", "value", "yes");
        String weak = page.word(basket.weak() ? "basket-weak-off" : "basket-weak-on");
        button(html, weak, weak, "do", "weak", "value", basket.weak() ? "no" : "yes");
        if (!basket.isEmpty()) {
            String clear = page.word("basket-clear");
            button(html, clear, clear, "do", "clear");
        }
        html.close(2);
    }

    private String said(Request.Item item) {
        String verb = Basket.word(item.verb());
        return item.spec().isEmpty() && item.verb() == Request.Verb.UPGRADE
                ? page.word("choice-upgrade-all")
                : page.word("choice-" + verb, item.spec());
    }

    // ---------------------------------------------------------------- plan

    private void plan(Html html, @Nullable Solution solution) {
        section(html, "plan", page.word("plan")).open("div", "aria-live", "polite");
        if (solution == null) {
            html.with(page.word("plan-none"), "p", "class", "note");
        } else {
            switch (solution.verdict()) {
                case Verdict.Solved _ -> solved(html, solution);
                case Verdict.Unsolvable(var problems, _) -> unsolvable(html, problems);
                case Verdict.GaveUp _ -> html.with(page.word("plan-gave-up"), "p", "class", "bad");
            }
        }
        html.close(2);
    }

    private void solved(Html html, Solution solution) {
        List<Row> rows = Visit.rows(solution);
        if (rows.isEmpty()) {
            html.with(page.word("plan-nothing"), "p");
            return;
        }
        long bytes = rows.stream().mapToLong(Row::bytes).sum();
        long comes = rows.stream().filter(row -> row.kind() != Row.Kind.REMOVE).count();
        html.open("p", "class", "total");
        html.with(page.count("plan-comes", comes, Sizes.of(bytes)), "strong");
        if (rows.size() > comes) {
            html.text("; " + page.count("plan-goes", rows.size() - comes));
        }
        html.close();
        html.with(page.word("plan-time", time(bytes / 125_000), time(bytes / 1_250_000)), "p");
        html.open("details", "id", "rows").with(page.count("plan-rows", rows.size()), "summary");
        html.open("div", "class", "wide", "tabindex", "0", "role", "region");
        html.open("table").open("thead").open("tr");
        for (String key : List.of("plan-what", "plan-package", "plan-size", "plan-why")) {
            html.with(page.word(key), "th", "scope", "col");
        }
        html.close(2).open("tbody");
        long most = rows.stream().mapToLong(Row::bytes).max().orElse(0);
        for (Row row : rows.subList(0, Math.min(rows.size(), MOST_ROWS))) {
            String kind = row.kind().name().toLowerCase(Locale.ROOT);
            html.open("tr", "class", kind).with(page.word("row-" + kind), "td");
            html.open("td").text(row.pkg().toString());
            if (row.from() != null) {
                html.text(" ").with("← " + row.from().evr(), "span", "class", "version");
            }
            html.close().open("td", "class", "size");
            if (row.bytes() > 0) {
                html.text(Sizes.of(row.bytes()));
                html.open("meter", "min", "0", "max", "" + most, "value", "" + row.bytes());
                html.text(Sizes.of(row.bytes())).close();
            }
            html.close().with(why(row.why()), "td").close();
        }
        html.close(4);
    }

    private String why(@Nullable Reason reason) {
        if (reason == null) {
            return "";
        }
        String key = "why-" + reason.kind().name().toLowerCase(Locale.ROOT);
        String by = reason.by() == null ? "" : reason.by().nevra().name();
        return page.word(key, by, reason.dep());
    }

    private String time(long seconds) {
        return seconds < 90
                ? page.word("plan-seconds", Math.max(1, seconds))
                : page.word("plan-minutes", Math.ceilDiv(seconds, 60));
    }

    private void unsolvable(Html html, List<Problem> problems) {
        var sentences = new Sentences(page.words());
        html.with(page.word("plan-impossible"), "h3", "class", "bad");
        for (int at = 0; at < problems.size(); at++) {
            Problem problem = problems.get(at);
            html.open("div", "class", "problem").open("ul");
            problem.causes().forEach(cause -> html.with(sentences.of(cause), "li"));
            html.close();
            if (!problem.repairs().isEmpty()) {
                html.with(page.word("plan-repairs"), "h4").open("ol", "class", "repairs");
                for (int way = 0; way < problem.repairs().size(); way++) {
                    String said = sentences.of(problem.repairs().get(way));
                    html.open("li", "class", "row").with(said, "span");
                    form(html, "repair");
                    html.empty("input", "type", "hidden", "name", "problem", "value", "" + at);
                    String label = page.word("plan-repair") + ": " + said;
                    html.with(
                            page.word("plan-repair"),
                            "button",
                            "name",
                            "repair",
                            "value",
                            "" + way,
                            "aria-label",
                            label);
                    html.close(2);
                }
                html.close();
            }
            html.close();
        }
    }

    // ---------------------------------------------------------------- bundle

    private void get(Html html, @Nullable Solution solution, @Nullable Building building) {
        boolean ready =
                solution != null
                        && solution.plan() != null
                        && !solution.plan().batches().isEmpty();
        if (!ready) {
            return;
        }
        section(html, "get", page.word("get"));
        html.open("div", "id", "server", "aria-live", "polite");
        Building.Status status = building == null ? null : building.status();
        if (status == null || status.state() == Building.State.FAILED) {
            html.with(page.word("get-server-how"), "p");
            if (status != null && status.failure() != null) {
                String why = status.failure().getMessage() + " " + status.failure().hint();
                html.with(page.word("get-failed", why), "p", "class", "bad", "role", "alert");
            }
            form(html, "build").with(page.word("get-server"), "button", "class", "main").close();
        } else if (status.bundle() != null) {
            String size = Sizes.of(status.bundle().sizeBytes());
            html.with(page.word("get-done", size, status.bundle().seal().hex()), "p");
            html.open("p");
            html.with(page.word("get-download"), "a", "class", "main", "href", base + "/box.opm");
            html.close().with(page.word("get-resume"), "p", "class", "note");
            html.with(page.word("get-home", "box.opm"), "p");
        } else {
            String key = "get-" + status.state().name().toLowerCase(Locale.ROOT);
            html.with(
                    page.word(key, Sizes.of(status.done()), Sizes.of(status.total())),
                    "p",
                    "id",
                    "works");
            html.open("progress", "max", "" + Math.max(1, status.total()), "aria-label", "%");
            html.close();
            html.open("p").with(page.word("get-again"), "a", "href", base + "#get").close();
        }
        html.close();
        if (page.hasScript()) {
            html.open("div", "id", "down", "hidden", "", "data-visit", base).close();
        }
        html.with(page.word("get-links"), "h3").with(page.word("get-links-how"), "p");
        html.open("p").with(page.word("get-links"), "a", "href", base + "/links").text(", ");
        html.with(page.word("get-metalink"), "a", "href", base + "/files.meta4").close(2);
    }
}
