package opm.rpmmd;

import java.util.ArrayList;
import java.util.List;

/// A group of packages, or an environment of groups, as `comps.xml` has them.
///
/// @param visible whether people are to see it
/// @param packages none in an environment
/// @param groups ids of the groups that belong to an environment; empty for a group
/// @param optional ids of groups that may be added to an environment
public record Group(
        String id,
        String name,
        String description,
        boolean visible,
        List<Member> packages,
        List<String> groups,
        List<String> optional) {
    public Group {
        packages = List.copyOf(packages);
        groups = List.copyOf(groups);
        optional = List.copyOf(optional);
    }

    /// How a package belongs to a group.
    public enum Part {
        /// Always.
        MANDATORY,
        /// Unless somebody says otherwise.
        DEFAULT,
        /// Where another package is there or comes along.
        CONDITIONAL,
        /// Where somebody says so.
        OPTIONAL
    }

    /// A package of a group.
    ///
    /// @param where the package on which a conditional one depends; empty otherwise
    public record Member(String name, Part part, String where) {}

    /// Tells whether it consists of groups.
    public boolean isEnvironment() {
        return !groups.isEmpty() || !optional.isEmpty();
    }

    /// Returns the names of the packages of one part, in the order of the file.
    public List<String> names(Part part) {
        var names = new ArrayList<String>();
        for (Member member : packages) {
            if (member.part() == part) {
                names.add(member.name());
            }
        }
        return names;
    }
}
