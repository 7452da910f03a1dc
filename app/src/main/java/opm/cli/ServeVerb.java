package opm.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.engine.Engine;
import opm.engine.Ground;
import opm.host.ServedTls;
import opm.presolve.OnDemand;
import opm.presolve.Shelf;
import opm.server.PresolveRoutes;
import opm.server.WebServer;
import opm.web.WebRoutes;
import opm.workshop.Workshop;
import org.jspecify.annotations.Nullable;

/// `opm serve`: the web app and, with `--presolve TREE`, answers for small machines, until it is
/// interrupted.
final class ServeVerb implements Verb {
    private static final int PORT = 27_621;

    @Override
    public void accept(Syntax syntax) {
        syntax.value("ADDRESS:PORT", "--listen")
                .value("TREE", "--presolve")
                .value("FILE", "--baseline")
                .flag("--solve")
                .flag("--demo")
                .several("FILE", "--stock")
                .value("FILE", "--catalogue")
                .values("NAME", "--release")
                .value("NUMBER", "--lanes")
                .flag("--tls")
                .value("FILE", "--certificate")
                .value("FILE", "--certificate-key")
                .value("NUMBER", "--per-address")
                .flag("--behind-proxy")
                .value("SECONDS", "--look-every");
    }

    /// A virtual thread that thinks keeps the thread below it until it waits for something. With as
    /// many of these as cores, who types would wait for whoever solves; with some more, the kernel
    /// shares the cores among them. See docs/decisions/0006.
    private static void makeRoomForThinkers() {
        String carriers = "jdk.virtualThreadScheduler.parallelism";
        if (System.getProperty(carriers) == null) {
            int cores = Runtime.getRuntime().availableProcessors();
            System.setProperty(carriers, String.valueOf(2 * cores + 8));
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        makeRoomForThinkers();
        session.askForStrangers();
        String tree = session.value("--presolve");
        Settings own = session.settings();
        boolean repos =
                !own.repos().isEmpty()
                        || own.reposDir() != null
                        || session.value("--catalogue") != null;
        if (tree == null && !repos && !session.has("--demo")) {
            throw new BadRequest(
                    "serve: found nothing to serve, expected --repo, --reposdir, --catalogue,"
                            + " --presolve TREE or --demo",
                    "`opm serve --demo` shows the web app on sample data.");
        }
        if (tree != null && !Files.isDirectory(Path.of(tree))) {
            throw new BadRequest(
                    "serve: found no folder to serve, expected --presolve TREE",
                    "`opm presolve build --all -o TREE` makes one.");
        }
        String[] place = ShareVerb.place(session.value("--listen"), PORT);
        PresolveRoutes presolved = tree == null ? null : presolved(session, tree);
        boolean web = repos || session.has("--demo");
        ServedTls tls = tls(session);
        var rules =
                new WebServer.Rules(
                        tls == null ? null : tls.context(),
                        number(session, "--per-address", Limits.REQUESTS_PER_ADDRESS),
                        session.has("--behind-proxy"));
        try (Workshop workshop = web ? new ServedWorkshop(session).open() : null;
                var server =
                        WebServer.open(
                                place[0],
                                Integer.parseInt(place[1]),
                                handler(session, workshop, presolved),
                                rules)) {
            session.progress().clear();
            String address = (tls == null ? "http" : "https") + "://localhost:" + server.port();
            if (session.settings().json()) {
                try (Json json = session.json()) {
                    json.number("port", server.port()).text("address", address + "/");
                    json.text("fingerprint", tls == null ? null : tls.fingerprint());
                }
            } else {
                session.screen().say("serve.begun", server.port());
                if (workshop != null) {
                    session.screen().say("serve.web", address + "/");
                }
                if (tls != null) {
                    session.screen().say("serve.fingerprint", tls.fingerprint());
                }
            }
            session.hasBegun();
            server.run(session.outside().cancelled()::get);
        }
        return 0;
    }

    private static @Nullable ServedTls tls(Session session) throws OpmException {
        String certificate = session.value("--certificate");
        String key = session.value("--certificate-key");
        if (certificate == null && key != null) {
            throw new BadRequest(
                    "--certificate-key: found no certificate, expected --certificate FILE",
                    "Give both, or neither: --tls makes one.");
        }
        if (certificate != null) {
            return ServedTls.of(certificate, key == null ? "" : key);
        }
        Path folder = session.engine().options().state().resolve("tls");
        return session.has("--tls")
                ? ServedTls.own(session.host().disk(), folder, session.host().clock().instant())
                : null;
    }

    static int number(Session session, String option, int usual) throws BadRequest {
        String text = session.value(option);
        if (text != null && !text.matches("\\d{1,6}")) {
            throw new BadRequest(
                    option + ": found '" + text + "', expected a number", option + " " + usual);
        }
        return text == null ? usual : Integer.parseInt(text);
    }

    private static PresolveRoutes presolved(Session session, String tree) throws OpmException {
        var shelf = new Shelf(Path.of(tree).toAbsolutePath().normalize());
        return new PresolveRoutes(shelf, desk(session), session.host().clock());
    }

    private static WebServer.Handler handler(
            Session session,
            @Nullable Workshop workshop,
            WebServer.@Nullable Handler presolved) {
        if (workshop == null) {
            return Objects.requireNonNull(presolved, "one of both is served");
        }
        return new WebRoutes(workshop, session.host().clock(), presolved);
    }

    private static @Nullable OnDemand desk(Session session) throws OpmException {
        String baseline = session.value("--baseline");
        if (!session.has("--solve") && baseline == null) {
            return null;
        }
        int lanes = PresolveBuildVerb.lanes(session.value("--lanes"));
        var desk = new OnDemand(profile -> ground(session, baseline, profile), lanes);
        return desk;
    }

    private static Ground ground(
            Session session, @Nullable String baseline, byte @Nullable [] profile)
            throws OpmException {
        if (profile != null) {
            Settings own = session.settings();
            if (own.repos().isEmpty() && own.reposDir() == null) {
                // Not those of the profile: a stranger would say where this machine fetches from.
                throw new Refused(
                        "serve: found no repositories of the server, expected --repo or --reposdir",
                        "Whoever runs the server has to name them.");
            }
            return Ground.ofProfile(
                    file -> session.engineFor(file), session.engine(), profile);
        }
        Engine engine =
                baseline == null
                        ? session.engine()
                        : session.engineFor(Path.of(baseline).toAbsolutePath().normalize());
        return Ground.of(engine);
    }
}
