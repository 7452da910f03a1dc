package opm.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.engine.Engine;
import opm.engine.Options;
import opm.engine.Presolved;
import opm.engine.Watcher;
import opm.packagekit.Desk;
import opm.packagekit.Jobs;
import opm.preflight.Finding;
import opm.solve.Problem;
import opm.words.Sentences;
import org.jspecify.annotations.Nullable;

/// `opm packagekit`: what packagekitd's module starts (packagekit/). Its standard input is the
/// socket that the module listens on, or the connection of one job.
final class PackageKitVerb implements Verb {
    /// A person who clicks through an application asks again within this time.
    private static final int IDLE_SECONDS = 20;

    @Override
    public void accept(Syntax syntax) {
        ThinServer.accept(syntax.value("SECONDS", "--idle"));
    }

    @Override
    public int run(Session session) throws OpmException {
        int idle = seconds(session.value("--idle"));
        Options options = session.engineOptions();
        var jobs = new Jobs(new OfSession(session, options), session.host(), options.state());
        try {
            jobs.serveInput(session.outside().out(), idle, session.outside().cancelled()::get);
        } catch (IOException e) {
            throw (Unavailable)
                    new Unavailable(
                                    "packagekit: the connection broke: " + e.getMessage(),
                                    "packagekitd starts it: DefaultBackend=presolve.")
                            .because(e);
        }
        return 0;
    }

    private static int seconds(@Nullable String text) throws BadRequest {
        if (text == null) {
            return IDLE_SECONDS;
        }
        if (!text.matches("[0-9]{1,5}")) {
            throw new BadRequest(
                    "--idle: found '" + text + "', expected seconds", "For example --idle 20");
        }
        return Integer.parseInt(text);
    }

    private record OfSession(Session session, Options options) implements Desk {
        @Override
        public Engine engine(Watcher watcher, boolean unsignedToo, Map<String, String> beside) {
            Options some = beside.isEmpty() ? options : options.beside(beside);
            return new Engine(session.host(), unsignedToo ? some.unsignedToo() : some, watcher);
        }

        @Override
        public @Nullable Presolved presolved(Engine engine) throws OpmException {
            var thin = new ThinServer(session);
            return thin.isNamed() ? thin.presolved(engine) : null;
        }

        @Override
        public String text(String key, Object... values) {
            return session.messages().text(key, values);
        }

        @Override
        public String sentence(Finding finding) {
            return new Outlook(session).sentence(finding);
        }

        @Override
        public List<String> explain(List<Problem> problems) {
            return new Sentences(session.messages()).of(problems, false);
        }
    }
}
