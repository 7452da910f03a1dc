package opm.cli;

import java.net.URI;
import java.util.List;
import opm.base.OpmException.BadRequest;
import opm.fetch.UrlList;
import opm.fetch.Wanted;

/// Says where files may be had, for other programs that download; what they bring is told by its
/// digest.
final class Addresses {
    private Addresses() {}

    /// Declares `--urls` and `--form`.
    static Syntax accept(Syntax syntax) {
        return syntax.flag("--urls", "--url").value("FORM", "--form");
    }

    /// What is printed is mailed and pasted: who fetches with another program brings his password.
    private static Wanted withoutPasswords(Wanted one) {
        List<URI> sources = one.sources().stream().map(Addresses::withoutUser).toList();
        return new Wanted(one.digest(), one.sizeBytes(), sources, one.label());
    }

    private static URI withoutUser(URI uri) {
        return uri.getRawUserInfo() == null
                ? uri
                : URI.create(uri.toString().replaceFirst("//[^/@]*@", "//"));
    }

    static boolean areWanted(Session session) {
        return session.has("--urls") || session.value("--form") != null;
    }

    static void print(Session session, List<Wanted> all) throws BadRequest {
        List<Wanted> wanted = all.stream().map(Addresses::withoutPasswords).toList();
        String form = session.value("--form");
        String text =
                switch (form == null ? "plain" : form) {
                    case "plain" -> UrlList.plain(wanted);
                    case "aria2" -> UrlList.aria2(wanted);
                    case "metalink" -> UrlList.metalink(wanted);
                    case "html" -> UrlList.html(wanted);
                    default ->
                            throw new BadRequest(
                                    "--form: found '"
                                            + form
                                            + "', expected plain, aria2, metalink, html",
                                    "Leave it out for one address a line.");
                };
        if (!session.settings().json()) {
            session.outside().out().print(text);
            return;
        }
        try (Json json = session.json()) {
            json.beginList("files");
            for (Wanted one : wanted) {
                json.beginItem()
                        .text("name", one.label())
                        .number("bytes", one.sizeBytes())
                        .text(one.digest().algorithm().word(), one.digest().hex())
                        .texts("urls", one.sources().stream().map(u -> u.toASCIIString()).toList())
                        .end();
            }
            json.endList();
        }
    }
}
