package opm.web;

import java.util.List;
import java.util.Locale;
import opm.base.OpmException;
import opm.solve.Reason;
import opm.workshop.Basket;
import opm.workshop.GroupHit;
import opm.workshop.Hit;
import opm.workshop.Notice;
import opm.workshop.Visit;

/// Pages beside that of the visit: groups, advisories, why a package is there. Plain forms alone;
/// each leads back.
record ListPages(View view) {
    private static final int MOST = 500;

    /// All groups, or those with a text.
    String groups() throws OpmException {
        Html html = begin("groups", "groups-how");
        filter(html, "groups", "groups-filter");
        Visit visit = view.visit();
        List<GroupHit> groups = visit.groups(view.query());
        var part = new FindPart(new View(view.page(), visit, ""));
        if (groups.isEmpty()) {
            html.with(view.page().word("find-none"), "p", "class", "note");
        }
        html.open("ul", "class", "hits");
        Costs costs = Costs.of(visit, List.of(), groups);
        groups.subList(0, Math.min(groups.size(), MOST))
                .forEach(group -> part.group(html, group, costs));
        return end(html.close());
    }

    /// The packages of one group.
    String members(String group) throws OpmException {
        Html html = begin("group-members", "groups-how");
        Visit visit = view.visit();
        List<Hit> hits = visit.members(group);
        var part = new FindPart(new View(view.page(), visit, ""));
        html.open("ul", "class", "hits");
        Costs costs = Costs.of(visit, hits, List.of());
        hits.forEach(hit -> part.hit(html, hit, costs));
        return end(html.close());
    }

    /// What publishers say about updates that the machine lacks.
    String advisories() throws OpmException {
        Page page = view.page();
        Html html = begin("advisories", "advisories-how");
        filter(html, "advisories", "advisories-filter");
        Basket basket = view.visit().basket();
        String wanted = view.query().strip().toLowerCase(Locale.ROOT);
        List<Notice> notices =
                view.visit().notices().stream()
                        .filter(one -> words(one).toLowerCase(Locale.ROOT).contains(wanted))
                        .limit(MOST)
                        .toList();
        if (notices.isEmpty()) {
            html.with(page.word("advisories-none"), "p", "class", "note");
        }
        html.open("ul", "class", "hits");
        for (Notice notice : notices) {
            boolean chosen = basket.wishes().advisories().contains(notice.id());
            html.open("li").open("div", "class", "what");
            html.with(notice.id(), "strong").text(" ");
            String kind = (notice.kind() + " " + notice.severity()).strip();
            html.with(kind, "span", "class", "badge");
            if (notice.reboot()) {
                html.text(" ").with(page.word("advisory-reboot"), "span", "class", "badge");
            }
            html.with(notice.title(), "p", "class", "summary");
            html.with(String.join(", ", notice.cves()), "p", "class", "note");
            List<String> names = notice.packages().stream().map(Object::toString).toList();
            html.with(String.join(", ", names), "p", "class", "note");
            html.close().open("div", "class", "acts");
            String key = chosen ? "basket-undo" : "add-install";
            View.hidden(view.form(html, "basket"), "back", "advisories");
            View.hidden(html, "do", chosen ? "unadvise" : "advise");
            View.hidden(html, "value", notice.id());
            String label = page.word(key) + " " + notice.id();
            html.with(page.word(key), "button", "aria-label", label).close(3);
        }
        return end(html.close());
    }

    private static String words(Notice notice) {
        return notice.id()
                + "\n"
                + notice.title()
                + "\n"
                + notice.kind()
                + "\n"
                + notice.severity()
                + "\n"
                + notice.cves()
                + notice.packages();
    }

    /// The chain that brings a package, or keeps it there.
    String why(String spec) throws OpmException {
        Page page = view.page();
        List<Reason> chain = view.visit().why(spec);
        Html html = begin("why", "");
        if (chain.isEmpty()) {
            html.with(page.words().text("why.nothing", spec), "p");
        } else {
            html.open("ol", "class", "chain");
            for (Reason reason : chain) {
                html.with(said(reason), "li");
            }
            html.close();
        }
        return end(html);
    }

    private String said(Reason reason) {
        String kind = reason.kind().name().toLowerCase(Locale.ROOT);
        if (reason.by() != null) {
            return view.page()
                    .word("chain-" + kind, reason.pkg(), reason.by().nevra(), reason.dep());
        }
        return view.page().word("chain-" + kind, reason.pkg(), "", reason.dep());
    }

    private Html begin(String title, String how) {
        Page page = view.page();
        Html html = page.begin(0);
        html.open("section", "id", "list", "aria-labelledby", "list-title");
        html.with(page.word(title), "h1", "id", "list-title");
        if (!how.isEmpty()) {
            html.with(page.word(how), "p");
        }
        return html.open("p").with(page.word("links-back"), "a", "href", view.base()).close();
    }

    private String end(Html html) {
        return view.page().end(html.close());
    }

    private void filter(Html html, String where, String label) {
        Page page = view.page();
        html.open("form", "role", "search", "method", "get", "action", view.base() + "/" + where);
        html.with(page.word(label), "label", "for", "q").open("div", "class", "row");
        html.empty(
                "input", "type", "search", "id", "q", "name", "q", "value", view.query(),
                "maxlength", "200");
        html.with(page.word("find-button"), "button").close(2);
    }
}
