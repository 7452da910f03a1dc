package opm.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Engine;
import opm.engine.Everything;
import opm.engine.OpenRepo;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;

/// What the looking commands share: which packages they look at, and how they write them.
final class Look {
    /// Name up, version down: the newest first.
    ///
    /// Written out: what `Comparator.comparing` combines is linked anew by every process, 8 ms.
    static final Comparator<PackageRef> NEWEST_FIRST =
            (one, two) -> {
                Nevra a = one.nevra();
                Nevra b = two.nevra();
                int order = a.name().compareTo(b.name());
                if (order == 0) {
                    order = b.evr().compareTo(a.evr());
                }
                return order == 0 ? a.arch().compareTo(b.arch()) : order;
            };

    private final Session session;
    private final Engine engine;
    private final boolean installed;
    private final boolean available;

    private Look(Session session, boolean installed, boolean available) {
        this.session = session;
        this.engine = session.engine();
        this.installed = installed;
        this.available = available;
    }

    /// Declares `--installed` and `--available`.
    static Syntax accept(Syntax syntax) {
        return syntax.flag("--installed").flag("--available");
    }

    /// Looks where the options say; at both without an option.
    static Look of(Session session) {
        boolean installed = session.has("--installed");
        boolean available = session.has("--available");
        return new Look(session, installed || !available, available || !installed);
    }

    /// Looks at repositories alone.
    static Look offered(Session session) {
        return new Look(session, false, true);
    }

    boolean installed() {
        return installed;
    }

    boolean available() {
        return available;
    }

    /// Returns a query over everything that is looked at, the installed packages first.
    Queries query() throws OpmException {
        return new Queries(sets());
    }

    List<PackageSet> sets() throws OpmException {
        var sets = new ArrayList<PackageSet>();
        if (installed && available) {
            sets.addAll(Everything.sets(engine));
        } else if (installed) {
            sets.add(engine.installed());
        } else {
            for (OpenRepo repo : engine.repos()) {
                sets.add(repo.set());
            }
        }
        session.progress().clear();
        return sets;
    }

    /// Returns the id of the repository of a package, `@System` for an installed one.
    String repo(PackageRef pkg) throws OpmException {
        return engine.repoOf(pkg);
    }

    /// Returns the packages that each of the words names.
    ///
    /// @throws BadRequest for a word that names none
    List<PackageRef> named(List<String> specs) throws OpmException {
        Queries query = query();
        var found = new ArrayList<PackageRef>();
        for (String spec : specs) {
            List<PackageRef> some = sorted(visible(query.named(ChangeVerb.checked(spec))));
            if (some.isEmpty()) {
                throw nothing(spec);
            }
            some.stream().filter(pkg -> !found.contains(pkg)).forEach(found::add);
        }
        return found;
    }

    /// Leaves out the packages of repositories that module streams hide.
    List<PackageRef> visible(List<PackageRef> packages) throws OpmException {
        if (!available) {
            return packages;
        }
        var hidden = new java.util.HashSet<>(engine.hidden());
        PackageSet system = installed ? engine.installed() : null;
        return hidden.isEmpty()
                ? packages
                : packages.stream()
                        .filter(pkg -> pkg.set().equals(system) || !hidden.contains(pkg.nevra()))
                        .toList();
    }

    /// Sorts packages for people.
    static List<PackageRef> sorted(List<PackageRef> packages) {
        return packages.stream().sorted(NEWEST_FIRST).toList();
    }

    static BadRequest nothing(String spec) {
        return new BadRequest(
                "'" + spec + "': found no package, expected at least one",
                "`opm search WORD` looks at summaries too; `opm refresh` fetches newer metadata.");
    }

    /// Keeps the newest package of each name and architecture.
    static List<PackageRef> newest(List<PackageRef> packages) {
        var seen = new java.util.HashSet<String>();
        return packages.stream()
                .sorted(NEWEST_FIRST)
                .filter(pkg -> seen.add(pkg.nevra().nameArch()))
                .toList();
    }

    /// Writes what every list of packages says about one, as an item of a JSON list.
    Json item(Json json, PackageRef pkg) throws OpmException {
        return json.beginItem().nevra(pkg.nevra()).text("repository", repo(pkg));
    }
}
