package opm.web;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Solution;
import opm.server.HttpResponse;
import opm.solve.Request;
import opm.solve.Verdict;
import opm.workshop.Answer;
import opm.workshop.Basket;
import opm.workshop.Building;
import opm.workshop.Cost;
import opm.workshop.GroupHit;
import opm.workshop.Hit;
import opm.workshop.Made;
import opm.workshop.Notice;
import opm.workshop.Row;
import opm.workshop.Visit;
import opm.workshop.Wishes;
import org.jspecify.annotations.Nullable;

/// What the pages show, as JSON for programs and for the script of the page.
final class Answers {
    private Answers() {}

    static HttpResponse of(Document document) {
        return HttpResponse.of(200, HttpResponse.JSON, document.done())
                .with("Cache-Control: no-store");
    }

    /// Choices, plan, and how far the bundle is.
    static HttpResponse state(Visit visit) throws OpmException {
        var json = new Document();
        Basket basket = visit.basket();
        Wishes wishes = basket.wishes();
        json.flag("security", wishes.security())
                .flag("weak", wishes.weak())
                .flag("noReboot", wishes.noReboot())
                .number("budget", wishes.budgetBytes())
                .number("part", wishes.partBytes())
                .flag("parity", wishes.parity())
                .text("release", wishes.release().isEmpty() ? null : wishes.release())
                .texts("groups", basket.groups())
                .texts("advisories", wishes.advisories())
                .texts("leftOut", basket.leftOut())
                .list("basket");
        for (Request.Item item : basket.items()) {
            json.item().text("verb", item.verb().word()).text("spec", item.spec()).end();
        }
        json.endList();
        Answer answer = visit.answer();
        if (answer != null) {
            Solution solution = answer.solution();
            json.text(
                    "verdict",
                    switch (solution.verdict()) {
                        case Verdict.Solved _ -> "solved";
                        case Verdict.Unsolvable _ -> "unsolvable";
                        case Verdict.GaveUp _ -> "gave-up";
                    });
            json.list("changes");
            for (Row row : Visit.rows(solution)) {
                json.item()
                        .text("what", row.kind().name().toLowerCase(Locale.ROOT))
                        .text("package", row.pkg().full())
                        .text("from", row.from() == null ? null : row.from().full())
                        .number("bytes", row.bytes())
                        .end();
            }
            json.endList().list("left");
            for (Answer.Left left : answer.left()) {
                json.item().text("package", left.pkg().full()).number("bytes", left.bytes()).end();
            }
            json.endList();
        }
        Building building = visit.building();
        if (building != null) {
            Building.Status status = building.status();
            json.text("building", status.state().name().toLowerCase(Locale.ROOT))
                    .number("done", status.done())
                    .number("total", status.total());
            if (status.failure() != null) {
                json.text("error", status.failure().getMessage())
                        .text("hint", status.failure().hint());
            }
            if (status.made().size() == 1) {
                Made bundle = status.made().getFirst();
                json.text("seal", bundle.seal().hex()).number("bytes", bundle.bytes());
            }
            json.list("parts");
            for (Made part : status.made()) {
                json.item()
                        .text("name", part.name())
                        .number("bytes", part.bytes())
                        .text("seal", part.seal().hex())
                        .end();
            }
            json.endList();
        }
        return of(json);
    }

    static HttpResponse hits(List<Hit> hits, List<GroupHit> groups) {
        var json = new Document().list("hits");
        for (Hit hit : hits) {
            json.item()
                    .text("name", hit.pkg().name())
                    .text("package", hit.pkg().full())
                    .text("summary", hit.summary())
                    .text("installed", hit.installed().isEmpty() ? null : hit.installed())
                    .number("bytes", hit.bytes())
                    .flag("offered", hit.offered())
                    .flag("again", hit.again())
                    .text("older", hit.older().isEmpty() ? null : hit.older())
                    .end();
        }
        json.endList().list("groups");
        for (GroupHit group : groups) {
            json.item()
                    .text("id", group.id())
                    .text("name", group.name())
                    .text("description", group.description())
                    .number("packages", group.packages())
                    .number("missing", group.missing())
                    .end();
        }
        return of(json.endList());
    }

    static HttpResponse notices(List<Notice> notices) {
        var json = new Document().list("advisories");
        for (Notice notice : notices) {
            json.item()
                    .text("id", notice.id())
                    .text("title", notice.title())
                    .text("kind", notice.kind())
                    .text("severity", notice.severity())
                    .texts("cves", notice.cves())
                    .texts("packages", notice.packages().stream().map(Nevra::full).toList())
                    .flag("reboot", notice.reboot())
                    .end();
        }
        return of(json.endList());
    }

    /// @param said the same in words
    static HttpResponse cost(Cost cost, String said) {
        return of(
                new Document()
                        .flag("possible", cost.possible())
                        .number("comes", cost.comes())
                        .number("goes", cost.goes())
                        .number("bytes", cost.bytes())
                        .text("said", said));
    }

    static String encoded(String label) {
        return java.net.URLEncoder.encode(label, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// Says which pieces of a finished file are packages: the browser has these and needs the
    /// rest.
    ///
    /// @param part which file; empty for the first
    static @Nullable HttpResponse recipe(Building building, String part) throws OpmException {
        List<Made> made = building.status().made();
        if (made.isEmpty()) {
            return HttpResponse.error(
                    404, "recipe.json", "the bundle is not ready", "Ask for state.json.");
        }
        Made file = part.isEmpty() ? made.getFirst() : building.made(part);
        if (file == null) {
            return null;
        }
        var json =
                new Document()
                        .text("name", file.name())
                        .text("seal", file.seal().hex())
                        .number("bytes", file.bytes())
                        .list("packages");
        for (Building.Piece piece : building.pieces(file)) {
            json.item()
                    .text("digest", piece.digest().hex())
                    .number("from", piece.from())
                    .number("bytes", piece.bytes())
                    .end();
        }
        return of(json.endList());
    }
}
