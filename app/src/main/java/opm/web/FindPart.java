package opm.web;

import java.util.List;
import opm.workshop.GroupHit;
import opm.workshop.Hit;

/// The search and what it found: groups, then packages, each with its cost and what to do with it.
record FindPart(View view) {
    void write(Html html, List<Hit> hits, List<GroupHit> groups, Costs costs) {
        Page page = view.page();
        view.section(html, "find", page.word("find"));
        html.open("form", "role", "search", "method", "get", "action", view.base());
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
                view.query(),
                "maxlength",
                "200",
                "autocomplete",
                "off",
                "spellcheck",
                "false");
        html.with(page.word("find-button"), "button").close(2);
        html.open("p").with(page.word("find-groups"), "a", "href", view.base() + "/groups");
        html.text(" · ");
        html.with(page.word("find-advisories"), "a", "href", view.base() + "/advisories");
        html.close();
        html.open("div", "id", "hits", "aria-live", "polite");
        hits(html, hits, groups, costs);
        html.close(2);
    }

    void hits(Html html, List<Hit> hits, List<GroupHit> groups, Costs costs) {
        String query = view.query();
        if (hits.isEmpty() && groups.isEmpty()) {
            String key = query.strip().length() < 2 ? "find-one" : "find-none";
            if (!query.isEmpty()) {
                html.with(view.page().word(key), "p", "class", "note");
            }
            return;
        }
        html.open("ul", "class", "hits");
        groups.forEach(group -> group(html, group, costs));
        hits.forEach(hit -> hit(html, hit, costs));
        html.close();
    }

    void group(Html html, GroupHit group, Costs costs) {
        Page page = view.page();
        html.open("li").open("div", "class", "what");
        String members = view.base() + "/groups?of=" + Answers.encoded(group.id());
        html.open("strong").with(group.name(), "a", "href", members).close().text(" ");
        String count = page.count("group-packages", group.packages());
        html.with(count, "span", "class", "version").text(" ");
        String key = group.missing() == 0 ? "group-whole" : "group-badge";
        html.with(page.word(key), "span", "class", "badge");
        html.with(group.description(), "p", "class", "summary");
        if (group.missing() > 0) {
            costs.write(html, page, "@" + group.id());
        }
        html.close().open("div", "class", "acts");
        if (group.missing() > 0) {
            String add = page.word("add-install");
            view.button(
                    html, add, add + " " + group.name(), "do", "group", "value", group.id());
        }
        html.close(2);
    }

    void hit(Html html, Hit hit, Costs costs) {
        Page page = view.page();
        String name = hit.pkg().nameArch();
        boolean has = !hit.installed().isEmpty();
        html.open("li").open("div", "class", "what");
        html.with(hit.pkg().name(), "strong").text(" ");
        html.with(hit.pkg().evr() + "." + hit.pkg().arch(), "span", "class", "version");
        if (has) {
            String key = hit.offered() ? "hit-newer" : "hit-installed";
            html.text(" ").with(page.word(key, hit.installed()), "span", "class", "badge");
        }
        html.with(hit.summary(), "p", "class", "summary");
        if (hit.offered()) {
            costs.write(html, page, name);
        }
        if (has) {
            String why = view.base() + "/why?pkg=" + Answers.encoded(name);
            String label = page.word("why-link") + " " + name;
            html.open("p", "class", "cost");
            html.with(page.word("why-link"), "a", "href", why, "aria-label", label).close();
        }
        html.close().open("div", "class", "acts");
        if (hit.offered()) {
            view.add(
                    html, has ? "add-upgrade" : "add-install", has ? "upgrade" : "install", name);
        }
        if (has) {
            view.add(html, "add-remove", "remove", name);
        }
        if (hit.again() || !hit.older().isEmpty()) {
            String label = page.word("hit-more") + " " + name;
            html.open("details");
            html.with(page.word("hit-more"), "summary", "aria-label", label);
            if (hit.again()) {
                view.add(html, "add-reinstall", "reinstall", name);
            }
            if (!hit.older().isEmpty()) {
                html.with(page.word("hit-older", hit.older()), "span", "class", "note");
                view.add(html, "add-downgrade", "downgrade", name);
            }
            html.close();
        }
        html.close(2);
    }
}
