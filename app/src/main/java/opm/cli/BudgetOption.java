package opm.cli;

import java.util.List;
import java.util.regex.Pattern;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Budgeting;
import opm.solve.Request;

/// `--budget SIZE|MINUTES`: how much may be downloaded, and what becomes of the rest.
final class BudgetOption {
    private static final Pattern MINUTES = Pattern.compile("(\\d{1,5})min");
    private static final long SECONDS = 60;

    private BudgetOption() {}

    static Syntax accept(Syntax syntax) {
        return syntax.value("SIZE", "--budget");
    }

    /// Solves as far as the budget goes, and says what is left.
    static Budgeting.Chosen solve(Session session, Request request, List<String> asked)
            throws OpmException {
        requireParts(request);
        var chosen = Budgeting.solve(session.engine(), request, asked, bytes(session));
        session.progress().clear();
        if (!chosen.left().isEmpty()) {
            long bytes = chosen.left().stream().mapToLong(Budgeting.Left::bytes).sum();
            List<String> names = chosen.left().stream().map(one -> one.pkg().name()).toList();
            session.screen()
                    .note(
                            "plan.budget",
                            chosen.left().size(),
                            Screen.size(bytes),
                            String.join(", ", names));
        }
        return chosen;
    }

    /// A release or a set of versions is taken as a whole or not at all.
    private static void requireParts(Request request) throws BadRequest {
        for (Request.Item item : request.items()) {
            if (item.verb() != Request.Verb.INSTALL
                    && item.verb() != Request.Verb.UPGRADE
                    && item.verb() != Request.Verb.REMOVE) {
                throw new BadRequest(
                        "--budget: found a request that cannot be cut into parts, expected"
                                + " installations and upgrades",
                        "Leave --budget out, or ask for upgrades.");
            }
        }
    }

    private static long bytes(Session session) throws OpmException {
        String text = String.valueOf(session.value("--budget"));
        var minutes = MINUTES.matcher(text);
        if (!minutes.matches()) {
            if (!text.matches("\\d.*")) {
                throw new BadRequest(
                        "--budget: found '" + text + "', expected bytes like 300M, or minutes",
                        "For example --budget 300M, or --budget 25min --limit-rate 200K.");
            }
            return Settings.rate("--budget", text);
        }
        long rate = session.settings().limitBytesPerSecond();
        if (rate == 0) {
            rate = session.engine().allowance().read().bytesPerSecond();
        }
        if (rate == 0) {
            throw new BadRequest(
                    "--budget " + text + ": found no speed, expected to know that of your line",
                    "Add --limit-rate RATE, for example --limit-rate 200K.");
        }
        return Long.parseLong(minutes.group(1)) * SECONDS * rate;
    }
}
