package opm.cli;

import java.util.List;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.solve.Request;

/// `opm auto`: updates with nobody there, for a timer.
///
/// In this order: what was interrupted is finished; over a metered line nothing more happens; the
/// metadata is asked for anew; updates come, as far as the budget goes; the store is cleaned. What
/// asks a question elsewhere is not asked here: whoever enabled the timer has answered.
final class AutoVerb implements Verb {
    static final String NAME = "auto";

    @Override
    public void accept(Syntax syntax) {
        Changing.accept(Advised.accept(syntax))
                .flag("--download-only", "--downloadonly")
                .flag("--over-metered");
    }

    @Override
    public int run(Session session) throws OpmException {
        var applying = new Applying(session);
        Outcome begun =
                session.engine().resume(null, applying, session.progress()::cancelled);
        if (!(begun instanceof Outcome.NothingOpen)) {
            applying.requireDone(begun);
            session.openAnew();
        }
        if (!session.has("--over-metered") && session.engine().allowance().isMetered()) {
            if (session.settings().json()) {
                try (Json json = session.json()) {
                    json.text("result", "metered");
                }
            } else {
                session.screen().say("auto.metered");
            }
            return 0;
        }
        if (!session.settings().offline()) {
            session.engine().refresh(List.of(), false);
        }
        int status = upgrade(session);
        session.openAnew();
        CacheGcVerb.full(session);
        return status;
    }

    private static int upgrade(Session session) throws OpmException {
        if (Advised.filter(session).isEmpty()) {
            Request all = Request.all(Request.Verb.UPGRADE);
            return new Changing(session).run(all, List.of("upgrade"));
        }
        return Advised.upgrade(session, List.of());
    }
}
