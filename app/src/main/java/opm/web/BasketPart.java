package opm.web;

import java.util.List;
import opm.solve.Request;
import opm.workshop.Basket;
import opm.workshop.Wishes;

/// What was chosen, each choice to be taken back, and the choices that concern everything.
record BasketPart(View view) {
    void write(Html html) {
        Page page = view.page();
        Basket basket = view.visit().basket();
        view.section(html, "basket", page.word("basket"));
        if (basket.isEmpty()) {
            html.with(page.word("basket-empty"), "p", "class", "note");
        } else {
            html.open("ul", "class", "plain");
            chosen(html, basket);
            html.close();
        }
        html.open("div", "class", "row");
        view.add(html, "basket-all", "upgrade", "");
        press(html, "basket-security", "security", "yes");
        Wishes wishes = basket.wishes();
        press(
                html,
                wishes.weak() ? "basket-weak-off" : "basket-weak-on",
                "weak",
                wishes.weak() ? "no" : "yes");
        if (!wishes.noReboot()) {
            press(html, "basket-reboot-off", "reboot", "no");
        }
        if (!basket.isEmpty()) {
            press(html, "basket-clear", "clear", "");
        }
        html.close();
        release(html, wishes);
        html.close();
    }

    private void press(Html html, String key, String act, String value) {
        String text = view.page().word(key);
        view.button(html, text, text, "do", act, "value", value);
    }

    private void chosen(Html html, Basket basket) {
        Page page = view.page();
        Wishes wishes = basket.wishes();
        if (wishes.security()) {
            view.choice(html, page.word("choice-security"), "do", "security", "value", "no");
        }
        for (String id : wishes.advisories()) {
            view.choice(html, page.word("choice-advisory", id), "do", "unadvise", "value", id);
        }
        for (Request.Item item : basket.items()) {
            if (item.verb() == Request.Verb.DISTRO_SYNC && !wishes.release().isEmpty()) {
                String said = page.word("choice-release", wishes.release());
                view.choice(html, said, "do", "release", "value", "");
                continue;
            }
            view.choice(
                    html,
                    said(item),
                    "do",
                    "drop",
                    "verb",
                    item.verb().word(),
                    "spec",
                    item.spec());
        }
        for (String id : basket.groups()) {
            view.choice(html, page.word("choice-group", id), "do", "ungroup", "value", id);
        }
        for (String spec : basket.leftOut()) {
            view.choice(html, page.word("choice-without", spec), "do", "let", "value", spec);
        }
        if (wishes.noReboot()) {
            view.choice(html, page.word("choice-no-reboot"), "do", "reboot", "value", "yes");
        }
    }

    private String said(Request.Item item) {
        String verb = item.verb().word();
        return item.spec().isEmpty() && item.verb() == Request.Verb.UPGRADE
                ? view.page().word("choice-upgrade-all")
                : view.page().word("choice-" + verb, item.spec());
    }

    /// Another release stands apart: it changes the whole machine.
    private void release(Html html, Wishes wishes) {
        List<String> releases = view.visit().releases();
        if (releases.isEmpty()) {
            return;
        }
        Page page = view.page();
        html.open("details", "id", "release").with(page.word("release"), "summary");
        html.with(page.word("release-how"), "p", "class", "note");
        View.hidden(view.form(html, "basket"), "do", "release");
        html.open("div", "class", "row");
        html.with(page.word("release-to"), "label", "for", "release-to");
        html.open("select", "id", "release-to", "name", "value");
        for (String release : releases) {
            View.option(html, release, release, release.equals(wishes.release()));
        }
        html.close().with(page.word("release-choose"), "button").close(3);
    }
}
