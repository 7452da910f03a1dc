package opm.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;
import opm.rpmmd.Advisory;

/// What advisories say about the machine: which of its packages they are about.
public final class Updates {
    private final Engine engine;
    private final List<Advisory> all;

    /// The newest installed version, by name and architecture.
    private final Map<String, Evr> newest = new HashMap<>();

    public Updates(Engine engine) throws OpmException {
        this.engine = engine;
        all = engine.advisories();
        PackageSet installed = engine.installed();
        for (int pkg = 0; pkg < installed.packageCount(); pkg++) {
            Nevra nevra = installed.nevra(pkg);
            newest.merge(
                    nevra.nameArch(),
                    nevra.evr(),
                    (one, other) -> one.compareTo(other) >= 0 ? one : other);
        }
    }

    /// An advisory and one package of it.
    public record Applicable(Advisory advisory, Advisory.Item item) {}

    /// Returns advisories for installed packages that hold something newer, each with the packages
    /// that it brings; sorted by id, then by package, as `dnf updateinfo list` has them.
    public List<Applicable> applicable(AdvisoryFilter filter) throws BadRequest {
        requireKnown(filter);
        var found = new ArrayList<Applicable>();
        for (Advisory advisory : all) {
            if (!filter.takes(advisory)) {
                continue;
            }
            for (Advisory.Item item : advisory.packages()) {
                Evr installed = newest.get(item.pkg().nameArch());
                if (installed != null && installed.compareTo(item.pkg().evr()) < 0) {
                    found.add(new Applicable(advisory, item));
                }
            }
        }
        found.sort(
                Comparator.comparing((Applicable one) -> one.advisory().id())
                        .thenComparing(one -> one.item().pkg()));
        return found;
    }

    private void requireKnown(AdvisoryFilter filter) throws BadRequest {
        for (String id : filter.ids()) {
            if (all.stream().noneMatch(advisory -> advisory.id().equals(id))) {
                throw unknown("--advisory", id);
            }
        }
        for (String cve : filter.cves()) {
            if (all.stream().noneMatch(advisory -> advisory.names(cve))) {
                throw unknown("--cve", cve);
            }
        }
    }

    private static BadRequest unknown(String option, String id) {
        return new BadRequest(
                option + ": found '" + id + "', expected one that a repository knows",
                "`opm advisories` lists those for this machine; `opm refresh` fetches newer ones.");
    }

    /// Returns what to upgrade, as `name.arch`: installed packages for which the repositories have
    /// what such an advisory asks for, or something newer.
    public List<String> specs(AdvisoryFilter filter) throws OpmException {
        var specs = new TreeSet<String>();
        for (Applicable one : applicable(filter)) {
            if (isOffered(one.item().pkg())) {
                specs.add(one.item().pkg().nameArch());
            }
        }
        return List.copyOf(specs);
    }

    private boolean isOffered(Nevra wanted) throws OpmException {
        for (OpenRepo repo : engine.repos()) {
            PackageSet set = repo.set();
            int name = set.nameId(wanted.name());
            int end = name < 0 ? 0 : set.packagesEnd(name);
            for (int pkg = name < 0 ? 0 : set.packagesStart(name); pkg < end; pkg++) {
                Nevra offered = set.nevra(pkg);
                if (offered.arch().equals(wanted.arch())
                        && offered.evr().compareTo(wanted.evr()) >= 0) {
                    return true;
                }
            }
        }
        return false;
    }
}
