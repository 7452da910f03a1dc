package opm.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;
import opm.rpmmd.Group;
import opm.solve.Request;

/// What belongs to groups, as dnf understands it: mandatory and default packages, conditional ones
/// where their condition holds; what the repositories do not have is passed over.
public final class GroupPackages {
    private final Engine engine;
    private final List<Group> all;

    public GroupPackages(Engine engine) throws OpmException {
        this.engine = engine;
        all = engine.groups();
    }

    public List<Group> all() {
        return all;
    }

    /// Returns the groups that words name, by id or by name; all without a word.
    ///
    /// @throws BadRequest when one names none
    public List<Group> called(List<String> words) throws BadRequest {
        if (words.isEmpty()) {
            return all;
        }
        var wanted = new ArrayList<Group>();
        for (String word : words) {
            List<Group> found = all.stream().filter(group -> isCalled(group, word)).toList();
            if (found.isEmpty()) {
                throw new BadRequest(
                        "group '" + word + "': found none of that id or name, expected one",
                        "`opm group list --hidden` lists all of them.");
            }
            wanted.addAll(found);
        }
        return wanted;
    }

    private static boolean isCalled(Group group, String word) {
        return group.id().equals(word) || group.name().equalsIgnoreCase(word);
    }

    /// Returns what installs groups.
    public List<Request.Item> items(List<Group> wanted, boolean optional) throws OpmException {
        var items = new ArrayList<Request.Item>();
        for (String name : names(wanted, optional)) {
            items.add(new Request.Item(Request.Verb.INSTALL, name));
        }
        return items;
    }

    /// Returns the names of the packages that groups bring to this machine, sorted.
    public List<String> names(List<Group> wanted, boolean optional) throws OpmException {
        var names = new TreeSet<String>();
        for (Group group : wanted) {
            for (Group part : parts(group)) {
                names.addAll(part.names(Group.Part.MANDATORY));
                names.addAll(part.names(Group.Part.DEFAULT));
                if (optional) {
                    names.addAll(part.names(Group.Part.OPTIONAL));
                }
            }
        }
        Set<String> plain = Set.copyOf(names);
        PackageSet installed = engine.installed();
        for (Group group : wanted) {
            for (Group part : parts(group)) {
                for (Group.Member member : part.packages()) {
                    if (member.part() == Group.Part.CONDITIONAL
                            && (plain.contains(member.where())
                                    || installed.hasPackage(member.where()))) {
                        names.add(member.name());
                    }
                }
            }
        }
        List<OpenRepo> repos = engine.repos();
        names.removeIf(name -> repos.stream().noneMatch(repo -> repo.set().hasPackage(name)));
        return List.copyOf(names);
    }

    private List<Group> parts(Group group) {
        return group.isEnvironment()
                ? all.stream().filter(part -> group.groups().contains(part.id())).toList()
                : List.of(group);
    }
}
