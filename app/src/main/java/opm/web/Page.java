package opm.web;

import opm.words.Messages;

/// What all pages have in common: head, language links, the notice of what does not work here.
final class Page {
    private final Messages words;
    private final boolean script;
    private final String here;

    /// @param here the address of the page, for the language links
    Page(Messages words, boolean script, String here) {
        this.words = words;
        this.script = script;
        this.here = here;
    }

    Messages words() {
        return words;
    }

    boolean hasScript() {
        return script;
    }

    String word(String key, Object... values) {
        return words.text("web." + key, values);
    }

    String count(String key, long count, Object... more) {
        return words.count("web." + key, count, more);
    }

    /// Begins a page; [#end] closes what is open.
    ///
    /// @param refresh seconds after which a page without script looks again; 0 for never
    Html begin(int refresh) {
        var html = new Html();
        html.open("html", "lang", words.language().replace('_', '-')).open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty(
                "meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        if (refresh > 0) {
            html.open("noscript")
                    .empty("meta", "http-equiv", "refresh", "content", "" + refresh)
                    .close();
        }
        html.with(word("title"), "title");
        html.empty("link", "rel", "stylesheet", "href", "/app/style.css");
        html.empty("link", "rel", "icon", "href", "/app/icon.svg", "type", "image/svg+xml");
        if (script) {
            html.open("script", "type", "module", "src", "/app/page.js").close();
        }
        html.close().open("body");
        html.with(word("skip"), "a", "class", "skip", "href", "#main");
        html.open("header").with("opm", "a", "class", "brand", "href", "/");
        html.open("nav", "aria-label", word("language"));
        for (String language : Messages.LANGUAGES) {
            String tag = language.replace('_', '-');
            if (language.equals(words.language())) {
                html.with(tag, "span", "lang", tag, "aria-current", "true");
            } else {
                html.with(tag, "a", "lang", tag, "href", here + "?lang=" + tag);
            }
        }
        html.close(2);
        return html.open("main", "id", "main");
    }

    String end(Html html) {
        return html.close(3).done();
    }

    /// Writes a page that says what went wrong and what to do.
    String failure(String what, String hint) {
        Html html = begin(0);
        html.open("section", "role", "alert").with(word("error"), "h1");
        html.with(what, "p").with(hint, "p");
        html.open("p").with(word("error-back"), "a", "href", "/").close(2);
        return end(html);
    }
}
