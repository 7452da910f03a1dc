package opm.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.OpmException;
import opm.engine.Published;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import opm.rpmmd.Change;
import opm.rpmmd.Group;

/// Answers of `opm repoquery` that have several lines for each package, written as dnf writes them.
final class QueryReports {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("EEE MMM dd yyyy", Locale.ROOT).withZone(ZoneOffset.UTC);

    private QueryReports() {}

    /// Returns what changed in packages, the newest first, an empty line behind each change.
    static List<String> changelogs(Session session, List<PackageRef> found) throws OpmException {
        Map<PackageRef, List<Change>> changes = Published.changes(session.engine(), found);
        session.progress().clear();
        var reports = new TreeSet<String>();
        for (PackageRef pkg : found) {
            var report = new StringBuilder("Changelog for " + pkg.nevra());
            for (Change change : changes.getOrDefault(pkg, List.of())) {
                report.append("\n* ")
                        .append(DAY.format(Instant.ofEpochSecond(change.seconds())))
                        .append(' ')
                        .append(change.author())
                        .append('\n')
                        .append(change.text())
                        .append('\n');
            }
            reports.add(report.toString());
        }
        var lines = new ArrayList<String>();
        reports.forEach(report -> lines.addAll(List.of(report.split("\n", -1))));
        return lines;
    }

    /// Returns the packages of each combination of groups, then these groups; last the packages
    /// that are in none, or an
    /// empty line.
    static List<String> groups(Session session, List<PackageRef> found) throws OpmException {
        List<Group> groups = session.engine().groups();
        session.progress().clear();
        var members = new TreeMap<String, TreeSet<String>>();
        var others = new TreeSet<String>();
        for (PackageRef pkg : found) {
            var ids = new TreeSet<String>();
            for (Group group : groups) {
                boolean in =
                        group.packages().stream()
                                .anyMatch(one -> one.name().equals(pkg.nevra().name()));
                if (in) {
                    ids.add(group.id());
                }
            }
            TreeSet<String> to =
                    ids.isEmpty()
                            ? others
                            : members.computeIfAbsent(
                                    String.join("$", ids), _ -> new TreeSet<>());
            to.add(pkg.nevra().toString());
        }
        var lines = new ArrayList<String>();
        members.forEach(
                (ids, names) -> {
                    lines.addAll(names);
                    for (String id : ids.split("\\$")) {
                        lines.add("  @" + id);
                    }
                });
        if (others.isEmpty()) {
            lines.add("");
        }
        lines.addAll(others);
        return lines;
    }

    /// Returns what each package needs, and the newest packages that provide it.
    static List<String> dependencies(Queries queries, List<PackageRef> found) throws OpmException {
        var reports = new TreeMap<String, List<String>>();
        for (PackageRef pkg : found) {
            var lines = new ArrayList<String>();
            lines.add("package: " + pkg.nevra());
            var words = new TreeSet<String>();
            pkg.deps(DepKind.REQUIRES).forEach(dep -> words.add(dep.toString()));
            for (String word : words) {
                lines.add("  dependency: " + word);
                for (PackageRef provider : Look.newest(queries.whatProvides(word))) {
                    lines.add("   provider: " + provider.nevra());
                }
            }
            reports.put(pkg.nevra().toString(), lines);
        }
        var all = new ArrayList<String>();
        for (List<String> report : reports.values()) {
            if (!all.isEmpty()) {
                all.add("");
            }
            all.addAll(report);
        }
        return all;
    }

    /// Returns the packages that provide what some packages need; with what those need, and so on.
    static List<PackageRef> providers(
            Queries queries, List<PackageRef> found, List<DepKind> kinds, boolean further)
            throws OpmException {
        var known = new java.util.LinkedHashSet<PackageRef>();
        var asked = new HashSet<Dep>();
        List<PackageRef> now = found;
        while (!now.isEmpty()) {
            var next = new ArrayList<PackageRef>();
            for (PackageRef pkg : now) {
                for (DepKind kind : kinds) {
                    for (Dep dep : pkg.deps(kind)) {
                        if (asked.add(dep)) {
                            for (PackageRef provider : queries.whatProvides(dep.toString())) {
                                if (known.add(provider)) {
                                    next.add(provider);
                                }
                            }
                        }
                    }
                }
            }
            now = further ? next : List.of();
        }
        return List.copyOf(known);
    }
}
