package opm.workshop;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.engine.GroupPackages;
import opm.pkgset.PackageSet;
import opm.rpmmd.Group;
import opm.solve.Request;

/// The groups of packages that one machine can choose, counted once.
final class Groups {
    private final GroupPackages known;
    private final List<GroupHit> shown;

    private Groups(GroupPackages known, List<GroupHit> shown) {
        this.known = known;
        this.shown = shown;
    }

    static Groups of(Engine engine) throws OpmException {
        var known = new GroupPackages(engine);
        PackageSet installed = engine.installed();
        var shown = new TreeMap<String, GroupHit>();
        for (Group group : known.all()) {
            if (group.visible()) {
                List<String> names = known.names(List.of(group), false);
                int missing = (int) names.stream().filter(n -> !installed.hasPackage(n)).count();
                var hit =
                        new GroupHit(
                                group.id(),
                                group.name(),
                                group.description(),
                                names.size(),
                                missing);
                shown.put(group.name() + "\n" + group.id(), hit);
            }
        }
        return new Groups(known, List.copyOf(shown.values()));
    }

    /// Returns the groups that people are to see and in whose name, id or description a text
    /// stands, by name; all of them without one.
    List<GroupHit> hits(String text) {
        String wanted = text.strip().toLowerCase(Locale.ROOT);
        return shown.stream().filter(group -> words(group).contains(wanted)).toList();
    }

    private static String words(GroupHit group) {
        String words = group.id() + "\n" + group.name() + "\n" + group.description();
        return words.toLowerCase(Locale.ROOT);
    }

    /// Returns the names of the packages of a group, those that are optional too.
    List<String> names(String id) throws OpmException {
        return known.names(known.called(List.of(id)), true);
    }

    /// Returns what installs groups.
    List<Request.Item> items(List<String> ids) throws OpmException {
        return known.items(known.called(ids), false);
    }
}
