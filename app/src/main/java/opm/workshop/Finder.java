package opm.workshop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.AdvisoryFilter;
import opm.engine.Engine;
import opm.engine.Everything;
import opm.engine.GroupPackages;
import opm.engine.OpenRepo;
import opm.engine.Updates;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.rpmmd.Advisory;
import opm.rpmmd.Group;
import org.jspecify.annotations.Nullable;

/// Looks packages, groups and advisories up, as they look from one machine.
record Finder(Engine engine) {
    /// Returns packages that a text names: words of names and summaries, something provided, a
    /// path, as far as file lists were read. Names that begin so come first.
    List<Hit> found(String text) throws OpmException {
        var query = new Queries(Everything.sets(engine));
        var names = new LinkedHashMap<String, PackageRef>();
        if (text.startsWith("/")) {
            query.owners(text).forEach(pkg -> note(names, pkg));
        } else {
            query.named(text).forEach(pkg -> note(names, pkg));
            for (String name : first(query.namesFrom(text))) {
                query.named(name).forEach(pkg -> note(names, pkg));
            }
            if (names.size() < Limits.SEARCH_HITS) {
                query.search(words(text), false).stream()
                        .limit(4L * Limits.SEARCH_HITS)
                        .forEach(found -> note(names, found.pkg()));
            }
            if (names.size() < Limits.SEARCH_HITS) {
                query.whatProvides(text).forEach(pkg -> note(names, pkg));
            }
        }
        return hits(names.values().stream().limit(Limits.SEARCH_HITS).toList());
    }

    private static List<String> first(List<String> names) {
        return names.subList(0, Math.min(names.size(), Limits.SEARCH_HITS));
    }

    /// Keeps the newest of each name and architecture; of equal ones that of a repository.
    private static void note(Map<String, PackageRef> names, PackageRef pkg) {
        if (pkg.nevra().arch().equals("src")) {
            return;
        }
        PackageRef other = names.get(pkg.nevra().nameArch());
        int order = other == null ? 1 : pkg.nevra().evr().compareTo(other.nevra().evr());
        if (order > 0 || order == 0 && !pkg.location().isEmpty()) {
            names.put(pkg.nevra().nameArch(), pkg);
        }
    }

    private List<Hit> hits(List<PackageRef> packages) throws OpmException {
        PackageSet installed = engine.installed();
        List<OpenRepo> repos = engine.repos();
        return PackageSet.reading(
                () -> packages.stream().map(pkg -> hit(installed, repos, pkg)).toList());
    }

    private static Hit hit(PackageSet installed, List<OpenRepo> repos, PackageRef pkg) {
        Nevra nevra = pkg.nevra();
        Evr have = null;
        for (Evr one : versions(installed, nevra)) {
            have = one;
        }
        boolean again = false;
        Evr older = null;
        if (have != null) {
            for (OpenRepo repo : repos) {
                for (Evr one : versions(repo.set(), nevra)) {
                    int order = one.compareTo(have);
                    again |= order == 0;
                    older = order < 0 ? newer(older, one) : older;
                }
            }
        }
        return new Hit(
                nevra,
                pkg.summary(),
                have == null ? "" : have.toString(),
                pkg.location().isEmpty() ? 0 : pkg.packageBytes(),
                have == null || have.compareTo(nevra.evr()) < 0,
                again,
                older == null ? "" : older.toString());
    }

    private static Evr newer(@Nullable Evr one, Evr other) {
        return one == null || one.compareTo(other) < 0 ? other : one;
    }

    private static List<Evr> versions(PackageSet set, Nevra like) {
        var found = new ArrayList<Evr>();
        int name = set.nameId(like.name());
        int end = name < 0 ? 0 : set.packagesEnd(name);
        for (int pkg = name < 0 ? 0 : set.packagesStart(name); pkg < end; pkg++) {
            Nevra one = set.nevra(pkg);
            if (one.arch().equals(like.arch())) {
                found.add(one.evr());
            }
        }
        return found;
    }

    // ---------------------------------------------------------------- groups

    /// Returns the groups that people are to see and in whose name, id or description a text
    /// stands; all of them without one.
    List<GroupHit> groups(String text) throws OpmException {
        var groups = new GroupPackages(engine);
        PackageSet installed = engine.installed();
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        var found = new TreeMap<String, GroupHit>();
        for (Group group : groups.all()) {
            String words = group.id() + "\n" + group.name() + "\n" + group.description();
            if (group.visible() && words.toLowerCase(Locale.ROOT).contains(wanted)) {
                List<String> names = groups.names(List.of(group), false);
                int missing = (int) names.stream().filter(name -> !installed.hasPackage(name)).count();
                var hit =
                        new GroupHit(
                                group.id(),
                                group.name(),
                                group.description(),
                                names.size(),
                                missing);
                // Two repositories may know one group.
                found.putIfAbsent(group.name() + "\n" + group.id(), hit);
            }
        }
        return List.copyOf(found.values());
    }

    /// Returns the packages of a group, those that are optional too.
    List<Hit> members(String id) throws OpmException {
        var groups = new GroupPackages(engine);
        var query = new Queries(Everything.sets(engine));
        var names = new LinkedHashMap<String, PackageRef>();
        for (String name : groups.names(groups.called(List.of(id)), true)) {
            query.named(name).forEach(pkg -> note(names, pkg));
        }
        return hits(names.values().stream().limit(Limits.GROUP_HITS).toList());
    }

    // ---------------------------------------------------------------- advisories

    /// Returns what publishers say about updates that the machine lacks: security first, the
    /// gravest first, then by id.
    List<Notice> notices() throws OpmException {
        var packages = new LinkedHashMap<String, TreeSet<Nevra>>();
        var advisories = new LinkedHashMap<String, Advisory>();
        var reboots = new TreeSet<String>();
        var all = new AdvisoryFilter(false, List.of(), List.of(), List.of());
        for (Updates.Applicable one : new Updates(engine).applicable(all)) {
            String id = one.advisory().id();
            advisories.putIfAbsent(id, one.advisory());
            packages.computeIfAbsent(id, _ -> new TreeSet<>()).add(one.item().pkg());
            if (one.item().reboot()) {
                reboots.add(id);
            }
        }
        var notices = new ArrayList<Notice>();
        advisories.forEach(
                (id, advisory) ->
                        notices.add(
                                new Notice(
                                        id,
                                        advisory.title(),
                                        advisory.kind(),
                                        advisory.severity(),
                                        advisory.cves(),
                                        List.copyOf(packages.getOrDefault(id, new TreeSet<>())),
                                        reboots.contains(id))));
        notices.sort((one, two) -> Integer.compare(rank(one), rank(two)));
        return notices;
    }

    private static int rank(Notice notice) {
        if (!notice.kind().equals("security")) {
            return 9;
        }
        return switch (notice.severity().toLowerCase(Locale.ROOT)) {
            case "critical" -> 0;
            case "important" -> 1;
            case "moderate" -> 2;
            default -> 3;
        };
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split("\\s+")).distinct().limit(Limits.SEARCH_WORDS).toList();
    }
}
