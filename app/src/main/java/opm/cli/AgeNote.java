package opm.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.engine.Age;
import opm.plan.Plan;
import opm.words.Messages;

/// Says how old a bundle is, in the words of its own program, and takes nothing back silently.
final class AgeNote {
    private final Session session;

    AgeNote(Session session) {
        this.session = session;
    }

    /// Returns a second as a day in UTC: `2026-11-21`.
    static String day(long seconds) {
        return Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    /// @throws Refused when the plan goes back to before what this machine had, unasked
    void tell(Plan plan) throws OpmException {
        Age age = Age.of(session.engine(), plan);
        if (age.snapshotSeconds() == 0) {
            return;
        }
        String day = day(age.snapshotSeconds());
        Instant now = session.host().clock().instant();
        long days = Duration.between(Instant.ofEpochSecond(age.snapshotSeconds()), now).toDays();
        session.screen().note("sh.apply.snapshot", day, Math.max(days, 0));
        if (days > Age.STALE_DAYS) {
            session.screen().note("sh.apply.stale");
        }
        if (age.hadSeconds() == 0) {
            return;
        }
        String had = day(age.hadSeconds());
        session.screen().note("sh.apply.older", day, had);
        if (age.goesBack() && !session.has("--older")) {
            Messages messages = session.messages();
            throw new Refused(
                    messages.text("sh.apply.older-downgrade", day, had),
                    messages.text("sh.apply.older-downgrade.hint"));
        }
    }
}
