package opm.web;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.fetch.UrlList;
import opm.fetch.Wanted;
import opm.server.HttpRequest;
import opm.server.HttpResponse;
import opm.workshop.Visit;
import org.jspecify.annotations.Nullable;

/// The files of a plan with their addresses: mirrors in the order of the repository, this server
/// last. For the page's script, for people with any browser, and for download managers.
record FileLists(Visit visit, String base) {

    /// For the script: the place here, and the mirrors that anybody may ask.
    HttpResponse json() throws OpmException {
        var json = new Document().list("files");
        for (Wanted file : visit.files().values()) {
            json.item()
                    .text("digest", file.digest().hex())
                    .text("algorithm", file.digest().algorithm().name())
                    .number("bytes", file.sizeBytes())
                    .text("name", file.label())
                    .text("relay", relay(file))
                    .texts("mirrors", Visit.mirrors(file).stream().map(URI::toString).toList())
                    .end();
        }
        return Answers.of(json.endList());
    }

    /// A page of links that needs no script.
    Html links(Page page) throws OpmException {
        Html html = page.begin(0);
        html.with(page.word("links"), "h1").with(page.word("links-how"), "p");
        html.open("ol", "class", "links");
        for (Wanted file : visit.files().values()) {
            var places = new ArrayList<String>();
            Visit.mirrors(file).forEach(mirror -> places.add(mirror.toString()));
            places.add(relay(file));
            html.open("li").with(file.label(), "a", "href", places.getFirst(), "download", "");
            for (int at = 1; at < places.size(); at++) {
                boolean here = at == places.size() - 1;
                String word = here ? page.word("down-relay") : "[" + (at + 1) + "]";
                html.text(" ").with(word, "a", "href", places.get(at));
            }
            html.open("div", "class", "digest").text(file.sizeBytes() + " B, SHA-256 ");
            html.with(file.digest().hex(), "code").close(2);
        }
        html.close().open("p").with(page.word("links-back"), "a", "href", base).close();
        return html;
    }

    /// A list for download managers; null when there is none of that name.
    ///
    /// @param name `files.meta4`, `files.aria2`, `files.txt`
    @Nullable HttpResponse managers(String name, HttpRequest request) throws OpmException {
        String server = request.address();
        List<Wanted> files = new ArrayList<>();
        for (Wanted file : visit.files().values()) {
            var sources = new ArrayList<>(Visit.mirrors(file));
            if (server != null) {
                sources.add(URI.create(server + relay(file)));
            }
            files.add(new Wanted(file.digest(), file.sizeBytes(), sources, file.label()));
        }
        return switch (name) {
            case "files.meta4" -> file(name, "application/metalink4+xml", UrlList.metalink(files));
            case "files.aria2" -> file(name, "text/plain; charset=utf-8", UrlList.aria2(files));
            case "files.txt" -> file(name, "text/plain; charset=utf-8", UrlList.plain(files));
            default -> null;
        };
    }

    private static HttpResponse file(String name, String type, String text) {
        return HttpResponse.text(200, type, text)
                .with("Content-Disposition: attachment; filename=\"" + name + "\"")
                .with("Cache-Control: no-store");
    }

    private String relay(Wanted file) {
        return base + "/rpm/" + file.digest().hex() + "/" + Answers.encoded(file.label());
    }
}
