package opm.workshop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Ground;
import opm.engine.OpenRepo;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.pkgset.SearchMemory;
import org.jspecify.annotations.Nullable;

/// Looks packages up, as they look from one machine. Any thread may ask.
record Finder(PackageSet installed, List<OpenRepo> repos, SearchMemory memory) {
    static Finder of(Ground ground, SearchMemory memory) {
        PackageSet installed = Objects.requireNonNull(ground.universe().installed());
        return new Finder(installed, ground.repos(), memory);
    }

    /// Returns packages that a text names: words of names and summaries, something provided, a
    /// path, as far as file lists were read. Names that begin so come first.
    List<Hit> found(String text) throws OpmException {
        var query = new Queries(sets(), memory);
        var names = new LinkedHashMap<String, PackageRef>();
        if (text.startsWith("/") && Queries.isGlob(text)) {
            // Not in the file lists, which would be gone through from end to end.
            query.paths(text).values().forEach(all -> all.forEach(pkg -> note(names, pkg)));
        } else if (text.startsWith("/")) {
            query.owners(text).forEach(pkg -> note(names, pkg));
        } else {
            query.named(text).forEach(pkg -> note(names, pkg));
            for (String name : query.namesFrom(text, Limits.SEARCH_HITS)) {
                query.named(name).forEach(pkg -> note(names, pkg));
            }
            if (names.size() < Limits.SEARCH_HITS) {
                int most = 4 * Limits.SEARCH_HITS;
                query.search(words(text), false, most).stream()
                        .limit(most)
                        .forEach(found -> note(names, found.pkg()));
            }
            if (names.size() < Limits.SEARCH_HITS) {
                query.whatProvides(text).forEach(pkg -> note(names, pkg));
            }
        }
        return hits(names.values().stream().limit(Limits.SEARCH_HITS).toList());
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
        return PackageSet.reading(() -> packages.stream().map(this::hit).toList());
    }

    private Hit hit(PackageRef pkg) {
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

    /// Returns the newest packages of some names.
    List<Hit> called(List<String> wanted) throws OpmException {
        var query = new Queries(sets());
        var names = new LinkedHashMap<String, PackageRef>();
        for (String name : wanted) {
            query.named(name).forEach(pkg -> note(names, pkg));
        }
        return hits(names.values().stream().limit(Limits.GROUP_HITS).toList());
    }

    private List<PackageSet> sets() {
        var sets = new ArrayList<PackageSet>();
        sets.add(installed);
        repos.forEach(repo -> sets.add(repo.set()));
        return sets;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split("\\s+")).distinct().limit(Limits.SEARCH_WORDS).toList();
    }
}
