package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.GroupPackages;
import opm.presolve.EntryMap;
import opm.presolve.Presolver;
import opm.rpmmd.Group;
import opm.sign.SignKey;
import opm.thin.Platform;
import org.jspecify.annotations.Nullable;

/// `opm presolve build [NAME...|--all|--group GROUP] -o TREE`: solves names ahead of time for a
/// machine as it was installed.
final class PresolveBuildVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("TREE", "--output", "-o")
                .value("FILE", "--baseline")
                .value("OS/RELEASE", "--platform")
                .value("KEY", "--sign")
                .value("RULES", "--map")
                .value("NUMBER", "--lanes")
                .several("GROUP", "--group")
                .flag("--all-names", "--all")
                .flag("--anew")
                .flag("--may-shrink")
                .flag("--with-packages")
                .arguments("NAME", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Path tree = tree(session);
        String baseline = session.value("--baseline");
        Engine engine =
                baseline == null
                        ? session.engine()
                        : session.engineFor(Path.of(baseline).toAbsolutePath().normalize());
        String platform = session.value("--platform");
        String key = session.value("--sign");
        String map = session.value("--map");
        var wanted =
                new Presolver.Wanted(
                        platform == null ? null : Platform.parse(platform),
                        names(session, engine),
                        lanes(session.value("--lanes")),
                        session.has("--anew"),
                        session.has("--may-shrink"),
                        session.has("--with-packages"),
                        key == null
                                ? null
                                : SignKey.parse(
                                        session.host().disk().readAll(Path.of(key), 1 << 16),
                                        "--sign"),
                        rules(session, map));
        var presolver =
                new Presolver(
                                engine,
                                tree,
                                session.host().commands(),
                                session.host().clock(),
                                session.outside().cancelled()::get,
                                session.outside().longWork());
        Presolver.Built built = presolver.buildOrAlarm(wanted);
        session.progress().clear();
        say(session, built);
        return 0;
    }

    private static EntryMap rules(Session session, @Nullable String file) throws OpmException {
        return file == null
                ? EntryMap.NONE
                : EntryMap.read(session.host().disk().readAll(Path.of(file), 4 << 20));
    }

    private static void say(Session session, Presolver.Built built) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("platform", built.platform().word()).number("serial", built.serial());
                json.number("answers", built.answers()).number("solved", built.solved());
                json.number("written", built.written()).number("gone", built.gone());
                json.number("unsolvable", built.unsolvable().size());
                json.number("bytes", built.bytes());
            }
            return;
        }
        session.screen()
                .say(
                        "presolve.built",
                        built.platform().word(),
                        built.answers(),
                        built.solved(),
                        built.written(),
                        built.gone());
        if (!built.unsolvable().isEmpty()) {
            session.screen().say("presolve.unsolvable", built.unsolvable().size());
        }
        for (String name : session.arguments()) {
            String why = built.unsolvable().get(name);
            if (why != null) {
                session.screen().line("  " + name + ": " + why);
            }
        }
    }

    static Path tree(Session session) throws BadRequest {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    session.command() + ": found no folder to write to, expected -o TREE",
                    "For example `opm presolve build --all -o /srv/presolve`.");
        }
        return Path.of(output).toAbsolutePath().normalize();
    }

    /// Returns what is asked for; null for everything.
    private static @Nullable Set<String> names(Session session, Engine engine)
            throws OpmException {
        List<String> groups = session.values("--group");
        boolean some = !session.arguments().isEmpty() || !groups.isEmpty();
        if (some == session.has("--all-names")) {
            throw new BadRequest(
                    "presolve build: found "
                            + (some ? "names and --all" : "no names")
                            + ", expected names, groups, or --all",
                    "For example `opm presolve build vim git -o TREE`.");
        }
        if (!some) {
            return null;
        }
        var names = new TreeSet<String>(session.arguments());
        if (!groups.isEmpty()) {
            var known = new GroupPackages(engine);
            for (Group group : known.called(groups)) {
                names.addAll(members(known, group));
            }
        }
        return names;
    }

    private static List<String> members(GroupPackages known, Group group) throws OpmException {
        var names = new ArrayList<String>();
        for (var member : group.packages()) {
            names.add(member.name());
        }
        for (String id : group.groups()) {
            for (Group one : known.called(List.of(id))) {
                names.addAll(members(known, one));
            }
        }
        return names;
    }

    static int lanes(@Nullable String text) throws BadRequest {
        if (text == null) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (!text.matches("[1-9]\\d?")) {
            throw new BadRequest(
                    "--lanes: found '" + text + "', expected a number up to 99", "--lanes 2");
        }
        return Integer.parseInt(text);
    }
}
