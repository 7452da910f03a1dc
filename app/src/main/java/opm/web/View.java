package opm.web;

import opm.workshop.Visit;

/// What the parts of a visit's page share: its words, its address, its forms.
///
/// @param query what is searched for; empty for nothing
record View(Page page, Visit visit, String query) {
    String base() {
        return "/v/" + visit.id();
    }

    Html section(Html html, String id, String title) {
        html.open("section", "id", id, "aria-labelledby", id + "-title");
        return html.with(title, "h2", "id", id + "-title");
    }

    /// Opens a form that posts to this visit; the search stays what it is.
    Html form(Html html, String to) {
        html.open("form", "method", "post", "action", base() + "/" + to);
        return query.isEmpty() ? html : hidden(html, "q", query);
    }

    static Html hidden(Html html, String name, String value) {
        return html.empty("input", "type", "hidden", "name", name, "value", value);
    }

    /// Writes a form of one button that changes the choices.
    ///
    /// @param label for who hears the button alone
    /// @param fields names and values in turn
    void button(Html html, String text, String label, String... fields) {
        form(html, "basket");
        for (int at = 0; at < fields.length; at += 2) {
            hidden(html, fields[at], fields[at + 1]);
        }
        html.with(text, "button", "aria-label", label).close();
    }

    /// Writes a button that puts something into the basket.
    void add(Html html, String key, String verb, String spec) {
        String text = page.word(key);
        button(html, text, (text + " " + spec).strip(), "do", "add", "verb", verb, "spec", spec);
    }

    /// Writes one choice, and the button that takes it back.
    void choice(Html html, String said, String... fields) {
        String undo = page.word("basket-undo");
        html.open("li", "class", "row").with(said, "span");
        button(html, undo, undo + ": " + said, fields);
        html.close();
    }

    /// Writes an option of a choice.
    static void option(Html html, String value, String text, boolean chosen) {
        if (chosen) {
            html.with(text, "option", "value", value, "selected");
        } else {
            html.with(text, "option", "value", value);
        }
    }
}
