package opm.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.AdvisoryFilter;
import opm.engine.Published;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;

/// `opm repoquery`: what people ask of `dnf repoquery`, answered as dnf answers it: one line for
/// each distinct answer, sorted. The manual has both side by side.
final class RepoqueryVerb implements Verb {
    private static final Map<String, DepKind> WHAT = new LinkedHashMap<>();
    private static final Map<String, DepKind> LISTS = new LinkedHashMap<>();

    /// Kinds of advisories by their option; security has one of its own.
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("--bugfix", "bugfix");
        KINDS.put("--enhancement", "enhancement");
        KINDS.put("--newpackage", "newpackage");
        for (DepKind kind : DepKind.values()) {
            LISTS.put("--" + kind.word(), kind);
            if (kind != DepKind.PROVIDES) {
                WHAT.put("--what" + kind.word(), kind);
            }
        }
    }

    @Override
    public void accept(Syntax syntax) {
        Look.accept(syntax);
        syntax.values("SPEC", "--whatprovides");
        WHAT.keySet().forEach(name -> syntax.values("SPEC", name));
        syntax.values("SPEC", "--whatdepends");
        syntax.values("PATH", "--file", "-f");
        syntax.values("ARCH", "--archlist");
        syntax.flag("--list", "-l");
        LISTS.keySet().forEach(syntax::flag);
        syntax.flag("--requires-pre").flag("--location").flag("--source", "-s");
        syntax.flag("--nevra").flag("--nvr").flag("--envra");
        syntax.value("FORMAT", "--qf", "--queryformat");
        syntax.value("NUMBER", "--latest-limit");
        Advised.accept(syntax);
        KINDS.keySet().forEach(syntax::flag);
        syntax.flag("--resolve").flag("--recursive").flag("--deplist");
        syntax.flag("--changelogs").flag("--groupmember");
        syntax.arguments("SPEC", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var look = session.has("--installed") ? Look.of(session) : Look.offered(session);
        List<String> paths = new ArrayList<>(session.values("--file"));
        session.values("--whatprovides").stream()
                .filter(spec -> spec.startsWith("/"))
                .forEach(paths::add);
        session.engine().askFiles(paths);
        var queries = new Queries(look.sets());
        List<PackageRef> found = filtered(session, queries);
        Collection<String> lines = lines(session, queries, found);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("answers", lines);
            }
            return 0;
        }
        lines.forEach(session.screen()::line);
        return 0;
    }

    /// Keeps what every option accepts.
    private static List<PackageRef> filtered(Session session, Queries queries)
            throws OpmException {
        Collection<PackageRef> found = null;
        if (!session.arguments().isEmpty()) {
            found = any(session.arguments(), queries::named);
        }
        if (!session.values("--file").isEmpty()) {
            found = both(found, any(session.values("--file"), queries::owners));
        }
        if (!session.values("--whatprovides").isEmpty()) {
            found = both(found, any(session.values("--whatprovides"), queries::whatProvides));
        }
        for (Map.Entry<String, DepKind> what : WHAT.entrySet()) {
            List<String> specs = session.values(what.getKey());
            if (!specs.isEmpty()) {
                Set<PackageRef> needing =
                        any(specs, spec -> queries.whatNeeds(what.getValue(), spec));
                boolean further =
                        session.has("--recursive") && what.getValue() == DepKind.REQUIRES;
                found = both(found, further ? further(queries, needing) : needing);
            }
        }
        if (!session.values("--whatdepends").isEmpty()) {
            List<String> specs = session.values("--whatdepends");
            found = both(found, any(specs, spec -> depends(queries, spec)));
        }
        List<PackageRef> kept = found == null ? queries.all() : List.copyOf(found);
        List<String> arches =
                session.values("--archlist").stream()
                        .flatMap(words -> java.util.Arrays.stream(words.split(",")))
                        .toList();
        if (!arches.isEmpty()) {
            kept = kept.stream().filter(pkg -> arches.contains(pkg.nevra().arch())).toList();
        }
        List<String> kinds =
                KINDS.entrySet().stream()
                        .filter(kind -> session.has(kind.getKey()))
                        .map(Map.Entry::getValue)
                        .toList();
        AdvisoryFilter advised = Advised.filter(session, kinds);
        if (!advised.isEmpty()) {
            Set<Nevra> packages = Published.advised(session.engine(), advised);
            session.progress().clear();
            kept = kept.stream().filter(pkg -> packages.contains(pkg.nevra())).toList();
        }
        String limit = session.value("--latest-limit");
        return limit == null ? kept : latest(kept, limit);
    }

    /// Adds what needs these packages, and what needs those, and so on.
    private static Set<PackageRef> further(Queries queries, Set<PackageRef> needing)
            throws OpmException {
        var all = new java.util.LinkedHashSet<PackageRef>(needing);
        var names = new TreeSet<String>();
        List<PackageRef> now = List.copyOf(needing);
        while (!now.isEmpty()) {
            var next = new ArrayList<PackageRef>();
            for (PackageRef pkg : now) {
                if (names.add(pkg.nevra().toString())) {
                    String spec = pkg.nevra().toString();
                    for (PackageRef other : queries.whatNeeds(DepKind.REQUIRES, spec)) {
                        if (all.add(other)) {
                            next.add(other);
                        }
                    }
                }
            }
            now = next;
        }
        return all;
    }

    private static List<PackageRef> depends(Queries queries, String spec) throws OpmException {
        var found = new ArrayList<PackageRef>();
        for (DepKind kind :
                List.of(
                        DepKind.REQUIRES,
                        DepKind.RECOMMENDS,
                        DepKind.SUGGESTS,
                        DepKind.SUPPLEMENTS,
                        DepKind.ENHANCES)) {
            found.addAll(queries.whatNeeds(kind, spec));
        }
        return found;
    }

    private interface Ask {
        List<PackageRef> of(String spec) throws OpmException;
    }

    private static Set<PackageRef> any(List<String> specs, Ask ask) throws OpmException {
        var found = new java.util.LinkedHashSet<PackageRef>();
        for (String spec : specs) {
            found.addAll(ask.of(spec.strip()));
        }
        return found;
    }

    private static Collection<PackageRef> both(
            @org.jspecify.annotations.Nullable Collection<PackageRef> before,
            Set<PackageRef> more) {
        return before == null ? more : before.stream().filter(more::contains).toList();
    }

    /// Keeps the newest `limit` of each name and architecture; all but the newest for a limit
    /// below 0, as dnf does.
    private static List<PackageRef> latest(List<PackageRef> found, String text) throws BadRequest {
        int limit;
        try {
            limit = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new BadRequest(
                    "--latest-limit: found '" + text + "', expected a number",
                    "For example --latest-limit 1");
        }
        var seen = new HashMap<String, Integer>();
        return found.stream()
                .sorted(Look.NEWEST_FIRST)
                .filter(
                        pkg -> {
                            int place = seen.merge(pkg.nevra().nameArch(), 1, Integer::sum);
                            return limit >= 0 ? place <= limit : place > -limit;
                        })
                .toList();
    }

    private static Collection<String> lines(
            Session session, Queries queries, List<PackageRef> asked) throws OpmException {
        List<PackageRef> found = asked;
        var lines = new TreeSet<String>();
        if (session.has("--changelogs")) {
            return QueryReports.changelogs(session, found);
        }
        if (session.has("--groupmember")) {
            return QueryReports.groups(session, found);
        }
        if (session.has("--deplist")) {
            return QueryReports.dependencies(queries, found);
        }
        boolean resolved = session.has("--resolve");
        if (resolved) {
            List<DepKind> kinds =
                    LISTS.entrySet().stream()
                            .filter(list -> session.has(list.getKey()))
                            .map(Map.Entry::getValue)
                            .toList();
            if (kinds.isEmpty()) {
                throw new BadRequest(
                        "--resolve: found no list of dependencies to resolve, expected one",
                        "For example --requires --resolve.");
            }
            boolean further = session.has("--recursive");
            found = QueryReports.providers(queries, found, kinds, further);
        }
        if (session.has("--list")) {
            session.engine().files(found).values().forEach(lines::addAll);
            session.progress().clear();
            return lines;
        }
        for (Map.Entry<String, DepKind> list : LISTS.entrySet()) {
            if (!resolved && session.has(list.getKey())) {
                for (PackageRef pkg : found) {
                    pkg.deps(list.getValue()).forEach(dep -> lines.add(dep.toString()));
                }
                return lines;
            }
        }
        String format = session.value("--qf");
        for (PackageRef pkg : found) {
            if (session.has("--requires-pre")) {
                for (int rel : pkg.set().items(pkg.set().prerequires(pkg.pkg()))) {
                    Dep dep = pkg.set().dep(rel);
                    lines.add(dep.toString());
                }
            } else if (session.has("--location")) {
                lines.add(session.engine().address(pkg));
            } else if (session.has("--source")) {
                if (!pkg.sourceRpm().isEmpty()) {
                    lines.add(pkg.sourceRpm());
                }
            } else if (format != null) {
                lines.add(new QueryFormat(session).line(format, pkg));
            } else {
                lines.add(name(session, pkg.nevra()));
            }
        }
        return lines;
    }

    private static String name(Session session, Nevra pkg) {
        if (session.has("--nvr")) {
            return pkg.name() + "-" + pkg.evr().versionRelease();
        }
        String rest = pkg.evr().versionRelease() + "." + pkg.arch();
        return session.has("--envra")
                ? pkg.evr().epoch() + ":" + pkg.name() + "-" + rest
                : pkg.name() + "-" + pkg.evr().epoch() + ":" + rest;
    }
}
