package opm.web;

import java.util.List;
import opm.engine.Solution;
import opm.words.Sizes;
import opm.workshop.Building;
import opm.workshop.Made;
import opm.workshop.Wishes;
import org.jspecify.annotations.Nullable;

/// How to take it home: one file or several, built by the server, in the browser, or from links.
record TakePart(View view) {
    private static final long MEGABYTE = 1_000_000;

    /// Sizes of parts, in MB: what FAT32 takes, smaller sticks, a CD.
    private static final List<Integer> PARTS = List.of(4000, 2000, 1000, 700);

    void write(Html html, @Nullable Solution solution, @Nullable Building building) {
        boolean ready =
                solution != null
                        && solution.plan() != null
                        && !solution.plan().batches().isEmpty();
        if (!ready) {
            return;
        }
        Page page = view.page();
        view.section(html, "get", page.word("get"));
        parts(html);
        html.open("div", "id", "server", "aria-live", "polite");
        server(html, building == null ? null : building.status());
        html.close();
        if (page.hasScript()) {
            html.open("div", "id", "down", "hidden", "", "data-visit", view.base()).close();
        }
        String base = view.base();
        html.with(page.word("get-links"), "h3").with(page.word("get-links-how"), "p");
        html.open("p").with(page.word("get-links"), "a", "href", base + "/links").text(", ");
        html.with(page.word("get-metalink"), "a", "href", base + "/files.meta4").text(", ");
        html.with(page.word("get-aria2"), "a", "href", base + "/files.aria2").text(", ");
        html.with(page.word("get-plain"), "a", "href", base + "/files.txt").close(2);
    }

    private void parts(Html html) {
        Page page = view.page();
        Wishes wishes = view.visit().basket().wishes();
        View.hidden(view.form(html, "basket"), "do", "parts");
        html.open("div", "class", "row").with(page.word("parts"), "label", "for", "parts");
        html.open("select", "id", "parts", "name", "value", "class", "sends");
        View.option(html, "0", page.word("parts-one"), wishes.partBytes() == 0);
        boolean usual = wishes.partBytes() == 0;
        for (int megabytes : PARTS) {
            boolean chosen = wishes.partBytes() == megabytes * MEGABYTE;
            usual |= chosen;
            View.option(html, "" + megabytes, page.word("parts-" + megabytes), chosen);
        }
        if (!usual) {
            long own = wishes.partBytes() / MEGABYTE;
            View.option(html, "" + own, page.word("parts-own", own), true);
        }
        html.close();
        html.open("label", "class", "check");
        html.empty(
                "input",
                wishes.parity()
                        ? new String[] {
                            "type", "checkbox", "name", "parity", "value", "yes", "class", "sends",
                            "checked"
                        }
                        : new String[] {
                            "type", "checkbox", "name", "parity", "value", "yes", "class", "sends"
                        });
        html.text(page.word("parts-parity")).close();
        html.with(page.word("parts-set"), "button", "class", "quiet").close(2);
    }

    private void server(Html html, Building.@Nullable Status status) {
        Page page = view.page();
        if (status == null || status.state() == Building.State.FAILED) {
            html.with(page.word("get-server-how"), "p");
            if (status != null && status.failure() != null) {
                String why = status.failure().getMessage() + " " + status.failure().hint();
                html.with(page.word("get-failed", why), "p", "class", "bad", "role", "alert");
            }
            view.form(html, "build");
            html.with(page.word("get-server"), "button", "class", "main").close();
        } else if (!status.made().isEmpty()) {
            done(html, status.made());
        } else {
            String key = "get-" + status.state().name().toLowerCase(java.util.Locale.ROOT);
            html.with(
                    page.word(key, Sizes.of(status.done()), Sizes.of(status.total())),
                    "p",
                    "id",
                    "works");
            html.open("progress", "max", "" + Math.max(1, status.total()), "aria-label", "%");
            html.close();
            html.open("p").with(page.word("get-again"), "a", "href", view.base() + "#get").close();
        }
    }

    private void done(Html html, List<Made> made) {
        Page page = view.page();
        Made first = made.getFirst();
        if (made.size() == 1) {
            String size = Sizes.of(first.bytes());
            html.with(page.word("get-done", size, first.seal().hex()), "p");
            String where = view.base() + "/" + first.name();
            html.open("p").with(page.word("get-download"), "a", "class", "main", "href", where);
            html.close();
        } else {
            html.with(page.count("get-parts", made.size()), "p").open("ol", "class", "links");
            for (Made part : made) {
                html.open("li").with(part.name(), "a", "href", view.base() + "/" + part.name());
                html.text(" " + Sizes.of(part.bytes()));
                html.with(part.seal().hex(), "div", "class", "digest").close();
            }
            html.close();
        }
        html.with(page.word("get-resume"), "p", "class", "note");
        html.with(page.word("get-home", first.name()), "p");
    }
}
