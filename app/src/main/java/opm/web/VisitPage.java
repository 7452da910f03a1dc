package opm.web;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.engine.Solution;
import opm.profile.SystemProfile;
import opm.workshop.Answer;
import opm.workshop.Building;
import opm.workshop.GroupHit;
import opm.workshop.Hit;
import opm.workshop.Visit;
import org.jspecify.annotations.Nullable;

/// The page of one visit: machine, search, choices, plan, bundle. All of it is forms and links; the
/// script fetches the same page again and takes the sections that changed.
final class VisitPage {
    private final View view;
    private final Page page;
    private final Visit visit;
    private final Instant now;

    VisitPage(View view, Instant now) {
        this.view = view;
        page = view.page();
        visit = view.visit();
        this.now = now;
    }

    /// @param failure of the last change; null for none
    String html(List<Hit> hits, List<GroupHit> groups, @Nullable OpmException failure)
            throws OpmException {
        Building building = visit.building();
        boolean works = building != null && isWorking(building.status().state());
        Html html = page.begin(works ? 2 : 0);
        html.with(page.word("title"), "h1", "class", "small");
        machine(html);
        new FindPart(view).write(html, hits, groups, Costs.of(visit, hits, groups));
        choices(html, failure);
        return page.end(html);
    }

    /// Writes the sections that choices change, and nothing else.
    ///
    /// @param failure of the last change; null for none
    String choices(@Nullable OpmException failure) throws OpmException {
        var html = new Html();
        choices(html, failure);
        return html.part();
    }

    private void choices(Html html, @Nullable OpmException failure) throws OpmException {
        trouble(html, failure);
        new BasketPart(view).write(html);
        Answer answer = visit.answer();
        new PlanPart(view).write(html, answer);
        Solution solution = answer == null ? null : answer.solution();
        new TakePart(view).write(html, solution, visit.building());
    }

    private static boolean isWorking(Building.State state) {
        return state != Building.State.DONE && state != Building.State.FAILED;
    }

    /// Empty as a rule: the script puts what is wrong there, where it is heard.
    private void trouble(Html html, @Nullable OpmException failure) {
        html.open("div", "id", "trouble", "role", "alert");
        if (failure != null) {
            html.open("section", "class", "bad").with(page.word("error"), "h2");
            html.with(String.valueOf(failure.getMessage()), "p");
            html.with(failure.hint(), "p").close();
        }
        html.close();
    }

    // ---------------------------------------------------------------- machine

    private void machine(Html html) throws OpmException {
        SystemProfile machine = visit.machine();
        view.section(html, "machine", page.word("machine")).open("dl");
        String pretty = machine.distro().prettyName();
        fact(
                html,
                "machine-system",
                pretty.isEmpty()
                        ? machine.distro().id() + " " + machine.distro().version()
                        : pretty);
        fact(html, "machine-arch", machine.arch());
        fact(html, "machine-packages", String.valueOf(machine.packages().size()));
        fact(html, "machine-age", age(machine.capturedAtSeconds()));
        var repos = new ArrayList<String>();
        visit.repositories()
                .forEach(
                        (id, seconds) ->
                                repos.add(isDate(seconds) ? id + " (" + day(seconds) + ")" : id));
        fact(html, "machine-repos", String.join(", ", repos));
        html.close();
        var withheld = new TreeSet<>(machine.withheld());
        machine.mains().forEach(main -> withheld.addAll(main.stripped()));
        machine.repos().forEach(repo -> withheld.addAll(repo.stripped()));
        html.with(
                withheld.isEmpty()
                        ? page.word("machine-nothing-withheld")
                        : page.word("machine-withheld", String.join(", ", withheld)),
                "p",
                "class",
                "note");
        view.form(html, "end").with(page.word("machine-end"), "button", "class", "quiet");
        html.close(2);
    }

    private void fact(Html html, String key, String value) {
        html.with(page.word(key), "dt").with(value, "dd");
    }

    private String age(long seconds) {
        if (seconds <= 0) {
            return page.word("machine-unknown");
        }
        long days = Duration.between(Instant.ofEpochSecond(seconds), now).toDays();
        return days <= 0 ? page.word("machine-today") : page.count("machine-days", days);
    }

    /// Many repositories count their revisions instead of writing the time.
    private static boolean isDate(long seconds) {
        return seconds > 900_000_000;
    }

    private static String day(long seconds) {
        return LocalDate.ofInstant(Instant.ofEpochSecond(seconds), ZoneOffset.UTC).toString();
    }
}
