package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.ManyMachines;
import opm.engine.Ready;
import opm.engine.Solution;
import opm.plan.Plan;
import opm.solve.Request;
import opm.solve.Verdict;

/// `opm bundle create --fleet PROFILE...`: the same request for many machines, in one bundle.
final class FleetBundle {
    private final Session session;
    private final ManyMachines many = new ManyMachines();

    FleetBundle(Session session) {
        this.session = session;
    }

    /// Refuses what is about one machine.
    static void requireFits(Session session) throws BadRequest {
        List<String> alone =
                List.of("--profile", "--budget", "--queue", "--after", "--receipt", "--split");
        for (String option : alone) {
            if (session.value(option) != null || !session.values(option).isEmpty()) {
                throw new BadRequest(
                        "--fleet and " + option + ": found both, expected one of them",
                        "Name all profiles after --fleet; " + option + " is for one machine.");
            }
        }
        if (session.has("--no-reboot") || session.has("--smallest-download")) {
            throw new BadRequest(
                    "--fleet: found an option that chooses among answers, expected none",
                    "Leave --no-reboot and --smallest-download out.");
        }
    }

    int create(Request request, List<String> asked, Path file) throws OpmException {
        var profiles = session.values("--fleet");
        int parts = 0;
        for (String profile : profiles) {
            Path path = Path.of(profile).toAbsolutePath().normalize();
            Engine engine = session.engineFor(path);
            Solution solution = engine.solve(request, asked);
            session.progress().clear();
            Plan plan = solution.plan();
            if (!(solution.verdict() instanceof Verdict.Solved) || plan == null) {
                session.screen().note("fleet.unsolved", profile);
                return new Answers(session).unsolved(solution);
            }
            Ready ready = Ready.of(engine, solution, true);
            session.progress().clear();
            new Outlook(session).requireNoObstacle(ready.report());
            Engine.Fetched fits = ready.fetched();
            boolean own = many.add(engine, solution, fits, name(path));
            parts += own ? 1 : 0;
            session.screen()
                    .say(
                            own ? "fleet.machine" : "fleet.nothing",
                            name(path),
                            fits.plan().artifacts().size(),
                            Screen.size(fits.plan().fetchBytes()));
        }
        var written = many.write(file);
        session.progress().clear();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "bundled")
                        .text("file", file.toString())
                        .number("bytes", written.sizeBytes())
                        .text("seal", written.seal().hex())
                        .number("machines", profiles.size())
                        .number("parts", parts);
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.say("bundle.written", file, Screen.size(written.sizeBytes()));
        screen.say("fleet.proved", parts, profiles.size());
        if (!written.signaturesChecked()) {
            screen.say("bundle.signatures-unchecked");
        }
        return 0;
    }

    private static String name(Path profile) {
        return String.valueOf(profile.getFileName()).replaceFirst("\\.opmprofile(\\.gz)?$", "");
    }
}
