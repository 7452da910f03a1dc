package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.apply.Outcome;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.engine.FromBundle;
import org.jspecify.annotations.Nullable;

/// `opm resume [FILE.opm]`: finishes the change that was interrupted; with --forget leaves it.
final class ResumeVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.flag("--forget").arguments("FILE", 0, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var applying = new Applying(session);
        Outcome outcome =
                session.has("--forget")
                        ? session.engine().forget()
                        : session.engine()
                                .resume(bundle(session), applying, session.progress()::cancelled);
        applying.requireDone(outcome);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", word(outcome));
            }
        }
        return 0;
    }

    private static @Nullable BundleReader bundle(Session session) throws OpmException {
        List<String> files = session.arguments();
        if (files.isEmpty()) {
            return null;
        }
        var bundle = BundleReader.open(session.host().disk(), Path.of(files.getFirst()));
        bundle.verify();
        return SplitWords.take(session, FromBundle.part(session.engine(), bundle));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.NothingOpen() -> "nothing-open";
            case Outcome.Forgotten _ -> "forgotten";
            case Outcome.AlreadyThere() -> "already-there";
            default -> "applied"; // everything else was thrown
        };
    }
}
