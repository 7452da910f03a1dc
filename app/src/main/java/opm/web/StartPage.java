package opm.web;

import java.util.List;
import opm.workshop.Workshop;

/// The first page: bring a profile, or pick a system.
record StartPage(Page page, List<Workshop.Stock> stock) {
    String html() {
        Html html = page.begin(0);
        html.with(page.word("title"), "h1").with(page.word("intro"), "p", "class", "lead");
        html.open("section", "id", "bring", "aria-labelledby", "bring-title");
        html.with(page.word("step-profile"), "h2", "id", "bring-title");
        html.with(page.word("profile-how"), "p");
        html.open(
                "form",
                "method",
                "post",
                "action",
                "/visit",
                "enctype",
                "multipart/form-data",
                "class",
                "drop");
        html.with(page.word("profile-file"), "label", "for", "profile");
        html.empty("input", "type", "file", "id", "profile", "name", "profile", "required");
        html.with(page.word("profile-send"), "button", "class", "main").close();
        if (page.hasScript()) {
            html.with(page.word("profile-drop"), "p", "class", "note scripted", "hidden");
        }
        if (!stock.isEmpty()) {
            html.with(page.word("stock"), "h3").open("ul", "class", "plain");
            for (Workshop.Stock one : stock) {
                html.open("li").open("form", "method", "post", "action", "/visit", "class", "row");
                html.with(one.name(), "span");
                html.with(
                        page.word("stock-open"),
                        "button",
                        "name",
                        "stock",
                        "value",
                        one.id(),
                        "aria-label",
                        page.word("stock-open") + ": " + one.name());
                html.close(2);
            }
            html.close();
        }
        html.close();
        html.with(
                page.word(page.hasScript() ? "script-off" : "script-absent"),
                "p",
                "class",
                "note");
        return page.end(html);
    }
}
