package opm.web;

import java.util.List;
import java.util.Locale;
import opm.engine.Solution;
import opm.solve.Problem;
import opm.solve.Reason;
import opm.solve.Verdict;
import opm.words.Sentences;
import opm.words.Sizes;
import opm.workshop.Answer;
import opm.workshop.Row;
import opm.workshop.Visit;
import opm.workshop.Wishes;
import org.jspecify.annotations.Nullable;

/// What will happen: how much, how long at the user's line, how far a budget goes, every package
/// with its reason, and the same as a picture; or why it cannot be, and the ways out.
record PlanPart(View view) {
    private static final int MOST_ROWS = 2000;
    private static final long MEGABYTE = 1_000_000;

    /// Lines that people have, in kbit/s.
    private static final List<Integer> LINES =
            List.of(64, 256, 512, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000);

    void write(Html html, @Nullable Answer answer) {
        Page page = view.page();
        view.section(html, "plan", page.word("plan")).open("div", "aria-live", "polite");
        if (answer == null) {
            html.with(page.word("plan-none"), "p", "class", "note");
        } else {
            switch (answer.solution().verdict()) {
                case Verdict.Solved _ -> solved(html, answer);
                case Verdict.Unsolvable(var problems, _) -> unsolvable(html, problems);
                case Verdict.GaveUp _ -> html.with(page.word("plan-gave-up"), "p", "class", "bad");
            }
        }
        html.close(2);
    }

    private void solved(Html html, Answer answer) {
        Page page = view.page();
        Solution solution = answer.solution();
        List<Row> rows = Visit.rows(solution);
        long bytes = rows.stream().mapToLong(Row::bytes).sum();
        long left = answer.left().stream().mapToLong(Answer.Left::bytes).sum();
        if (rows.isEmpty()) {
            html.with(page.word("plan-nothing"), "p");
        } else {
            long comes = rows.stream().filter(row -> row.kind() != Row.Kind.REMOVE).count();
            html.open("p", "class", "total");
            html.with(page.count("plan-comes", comes, Sizes.of(bytes)), "strong");
            if (rows.size() > comes) {
                html.text("; " + page.count("plan-goes", rows.size() - comes));
            }
            html.close();
            line(html, bytes);
        }
        left(html, answer.left());
        budget(html, bytes, left);
        if (!rows.isEmpty()) {
            html.open("details", "id", "picture").with(page.word("picture"), "summary");
            new PlanPicture(page, rows).write(html);
            html.close();
            table(html, rows);
        }
    }

    // ---------------------------------------------------------------- time and budget

    private void line(Html html, long bytes) {
        Page page = view.page();
        long line = view.visit().lineBytesPerSecond();
        View.hidden(view.form(html, "line").open("div", "class", "row"), "do", "line");
        html.with(
                line == 0
                        ? page.word("plan-time", time(bytes / 125_000), time(bytes / 1_250_000))
                        : page.word("plan-time-own", time(bytes / line)),
                "span");
        html.with(page.word("plan-line"), "label", "for", "line");
        html.open("select", "id", "line", "name", "value", "class", "sends");
        View.option(html, "0", page.word("plan-line-any"), line == 0);
        for (int kilobits : LINES) {
            String text = kilobits < 1000 ? kilobits + " kbit/s" : kilobits / 1000 + " Mbit/s";
            View.option(html, "" + kilobits, text, line == kilobits * 125L);
        }
        html.close().with(page.word("plan-line-set"), "button", "class", "quiet").close(2);
    }

    private String time(long seconds) {
        Page page = view.page();
        if (seconds < 90) {
            return page.word("plan-seconds", Math.max(1, seconds));
        }
        long minutes = Math.ceilDiv(seconds, 60);
        return minutes < 120
                ? page.word("plan-minutes", minutes)
                : page.word("plan-hours", Math.ceilDiv(minutes, 60));
    }

    private void left(Html html, List<Answer.Left> left) {
        if (left.isEmpty()) {
            return;
        }
        Page page = view.page();
        Wishes wishes = view.visit().basket().wishes();
        long bytes = left.stream().mapToLong(Answer.Left::bytes).sum();
        String key = wishes.noReboot() ? "left-reboot" : "left-budget";
        html.open("details", "id", "left", "class", "left");
        html.with(page.count(key, left.size(), Sizes.of(bytes)), "summary");
        html.open("ul");
        for (Answer.Left one : left.subList(0, Math.min(left.size(), MOST_ROWS))) {
            String size = one.bytes() == 0 ? "" : " (" + Sizes.of(one.bytes()) + ")";
            html.with(one.pkg() + size, "li");
        }
        html.close(2);
    }

    /// The script lays a slider beside the number.
    private void budget(Html html, long bytes, long leftBytes) {
        Page page = view.page();
        long now = view.visit().basket().wishes().budgetBytes();
        if (bytes == 0 && now == 0) {
            return;
        }
        long whole = Math.ceilDiv(bytes + leftBytes, MEGABYTE);
        View.hidden(view.form(html, "basket"), "do", "budget");
        html.open("div", "class", "row", "id", "budget", "data-most", "" + whole);
        html.with(page.word("budget"), "label", "for", "budget-mb");
        html.empty(
                "input",
                "type",
                "number",
                "min",
                "0",
                "max",
                "9999999",
                "id",
                "budget-mb",
                "name",
                "value",
                "value",
                now == 0 ? "" : "" + Math.ceilDiv(now, MEGABYTE));
        html.with(page.word("budget-set"), "button", "class", "quiet").close(2);
    }

    // ---------------------------------------------------------------- packages

    private void table(Html html, List<Row> rows) {
        Page page = view.page();
        html.open("details", "id", "rows").with(page.count("plan-rows", rows.size()), "summary");
        html.open("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label",
                page.count("plan-rows", rows.size()));
        html.open("table").open("thead").open("tr");
        for (String key : List.of("plan-what", "plan-package", "plan-size", "plan-why")) {
            html.with(page.word(key), "th", "scope", "col");
        }
        html.close(2).open("tbody");
        long most = rows.stream().mapToLong(Row::bytes).max().orElse(0);
        for (Row row : rows.subList(0, Math.min(rows.size(), MOST_ROWS))) {
            String kind = row.kind().name().toLowerCase(Locale.ROOT);
            html.open("tr", "class", kind).with(page.word("row-" + kind), "td");
            html.open("td").text(row.pkg().toString());
            if (row.from() != null) {
                html.text(" ").with("← " + row.from().evr(), "span", "class", "version");
            }
            html.close().open("td", "class", "size");
            if (row.bytes() > 0) {
                html.text(Sizes.of(row.bytes()));
                html.open("meter", "min", "0", "max", "" + most, "value", "" + row.bytes());
                html.text(Sizes.of(row.bytes())).close();
            }
            html.close().open("td");
            why(html, row);
            html.close(2);
        }
        html.close(4);
    }

    /// The nearest reason; the whole chain stands behind it.
    private void why(Html html, Row row) {
        Reason reason = row.why();
        if (reason == null) {
            return;
        }
        String key = "why-" + reason.kind().name().toLowerCase(Locale.ROOT);
        String by = reason.by() == null ? "" : reason.by().nevra().name();
        String said = view.page().word(key, by, reason.dep());
        if (reason.by() == null) {
            html.text(said);
        } else {
            String where = view.base() + "/why?pkg=" + Answers.encoded(row.pkg().full());
            html.with(said, "a", "href", where);
        }
    }

    // ---------------------------------------------------------------- no plan

    private void unsolvable(Html html, List<Problem> problems) {
        Page page = view.page();
        var sentences = new Sentences(page.words());
        html.with(page.word("plan-impossible"), "h3", "class", "bad");
        for (int at = 0; at < problems.size(); at++) {
            Problem problem = problems.get(at);
            html.open("div", "class", "problem").open("ul");
            problem.causes().forEach(cause -> html.with(sentences.of(cause), "li"));
            html.close();
            if (!problem.repairs().isEmpty()) {
                html.with(page.word("plan-repairs"), "h4").open("ol", "class", "repairs");
                for (int way = 0; way < problem.repairs().size(); way++) {
                    String said = sentences.of(problem.repairs().get(way));
                    html.open("li", "class", "row").with(said, "span");
                    View.hidden(view.form(html, "repair"), "problem", "" + at);
                    String label = page.word("plan-repair") + ": " + said;
                    html.with(
                            page.word("plan-repair"),
                            "button",
                            "name",
                            "repair",
                            "value",
                            "" + way,
                            "aria-label",
                            label);
                    html.close(2);
                }
                html.close();
            }
            html.close();
        }
    }
}
